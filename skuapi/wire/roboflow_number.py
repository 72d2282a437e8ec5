"""Values as Roboflow's clients write them: numbers as text, shares as percentages, booleans as Python prints them."""

import math
from enum import Enum
from typing import Any, Final

from skuapi.errors import FieldInvalid

MODELS_OWN: Final = ("best", "default")
"""What newer clients write for a threshold of the model's own."""
_TRUE: Final = ("true", "on", "1", "yes")
_FALSE: Final = ("false", "off", "0", "no")
_LARGEST: Final = 100_000


class Picture(Enum):
    """Whether an answer has the picture with what was found: not at all, beside the JSON, or nothing else."""

    NONE = "json"
    TOO = "image_and_json"
    ONLY = "image"


def share(name: str, value: Any, percent_from: float | None = None) -> float | None:
    """0 to 1; None where the model's own is wanted. Raises FieldInvalid.

    percent_from: from what number on, itself included, it is a percentage; None: whatever is above 1.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", *MODELS_OWN)):
        return None
    found = _float(value)
    if found is not None and (found > 1 or (percent_from is not None and found >= percent_from)):
        found /= 100
    if found is None or not 0 <= found <= 1:
        raise FieldInvalid(f"`{name}` must be a number from 0 to 1, or a percentage from 1 to 100.")
    return found


def number(name: str, value: Any) -> int | None:
    """A whole number from 1 on; None where none is sent. Raises FieldInvalid."""
    if value is None or value == "":
        return None
    found = _float(value)
    if found is None or not found.is_integer() or not 1 <= found <= _LARGEST:
        raise FieldInvalid(f"`{name}` must be a whole number from 1 to {_LARGEST}.")
    return int(found)


def flag(name: str, value: Any, default: bool) -> bool:
    """Raises FieldInvalid."""
    if value is None or value == "":
        return default
    word = str(value).strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise FieldInvalid(f"`{name}` must be on or off, or True or False.")
    return word in _TRUE


def shown_as(value: str | None) -> Picture:
    """Raises FieldInvalid."""
    try:
        return Picture((value or Picture.NONE.value).strip().lower())
    except ValueError:
        raise FieldInvalid("`format` must be json, image or image_and_json.") from None


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
