"""The error body of the SKU API, all versions."""

from typing import Any


def encode_error(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": message, "code": code}
