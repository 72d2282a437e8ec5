"""How categories and brands are compared: trimmed, in NFC, without regard to case. They never become a path."""

import unicodedata


def shown(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def key(name: str) -> str:
    """Equal for names that mean the same."""
    return unicodedata.normalize("NFC", shown(name).casefold())


def storable(name: str) -> bool:
    """PostgreSQL keeps no NUL, so no line is called so."""
    return "\0" not in name
