"""Creates the ignored `.env` with fresh secrets, once: `python -m skuapi.local_env`.

Runs before Django can, because settings need the secrets it writes.
"""

import os
import secrets
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def fresh_secrets() -> str:
    """The file's first content: one assignment a line."""
    return (
        "# Local secrets, made once. Back this file up with the database: without API_KEY_PEPPERS\n"
        "# no issued key works any more. Any setting of skuapi/settings/environment.py may be added here.\n"
        f"SECRET_KEY={secrets.token_urlsafe(48)}\n"
        f"API_KEY_PEPPERS=1:{secrets.token_hex(32)}\n"
    )


def create_once(path: Path = ENV_FILE) -> bool:
    """Write the file readable by its owner alone; an existing one is never touched."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(fresh_secrets())
    return True


if __name__ == "__main__":
    create_once()
