"""The error body of Roboflow's APIs: a `message`, and nothing else."""

from typing import Any, Final

from inference.image_errors import ImageError
from modelstore.errors import ModelNotFound
from tenants.errors import KeyUnknown

FORBIDDEN: Final = "Forbidden"
UNREADABLE: Final = "Could not load input image. Cause: "
NOT_FOUND: Final = (
    "Requested Roboflow resource not found. No model that this API key may use has this slug and version: check both, "
    "or ask the operator of the service for them."
)


def encode_error(error: Exception, sentence: str) -> dict[str, Any]:
    """sentence: what the SKU API says of it. Clients look for three of the messages, which are Roboflow's own."""
    return {"message": _message(error, sentence)}


def _message(error: Exception, sentence: str) -> str:
    if isinstance(error, KeyUnknown):
        return FORBIDDEN
    if isinstance(error, ModelNotFound):
        return NOT_FOUND
    return UNREADABLE + sentence if isinstance(error, ImageError) else sentence
