"""What a client of SKU predict sends: JSON, or form fields beside an uploaded file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from inference.results import Options
from skuapi.errors import FieldInvalid, FieldMissing
from skuapi.image_input import ImageSource

FIELDS: Final = ("image", "category", "brand", "sku_conf", "det_conf", "show_unknown", "return_annotated")
LONGEST_NAME = 200
WORDS: Final = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}


@dataclass(frozen=True)
class PredictRequest:
    """ignored: names of fields that mean nothing here."""

    image: ImageSource
    category: str
    brand: str
    options: Options
    show_unknown: bool
    return_annotated: bool
    ignored: list[str] = field(default_factory=list)


def decode(data: Any, is_form: bool) -> PredictRequest:
    """Raises FieldMissing, FieldInvalid or an ImageError, each naming the field and the fix."""
    if not isinstance(data, Mapping):
        raise FieldInvalid("The body must be a JSON object with image, category and brand.")
    fields = {name: value for name, value in data.items() if not (is_form and value == "")}
    if is_form:
        fields = {name: _from_text(name, value) for name, value in fields.items()}
    for name in ("image", "category", "brand"):
        if name not in fields:
            raise FieldMissing(f"`{name}` is missing. Send image, category and brand.")
    return PredictRequest(
        image=_image(fields["image"]),
        category=_name(fields, "category"),
        brand=_name(fields, "brand"),
        options=Options(_confidence(fields, "sku_conf", 0.5), _confidence(fields, "det_conf", 0.25)),
        show_unknown=_flag(fields, "show_unknown", False),
        return_annotated=_flag(fields, "return_annotated", True),
        ignored=[name for name in fields if name not in FIELDS and name != "csrfmiddlewaretoken"],
    )


def _from_text(name: str, value: Any) -> Any:
    """Form fields arrive as text; what cannot be read as meant is left for the strict checks to name."""
    if name in ("sku_conf", "det_conf"):
        try:
            return float(value)
        except (TypeError, ValueError):
            return value
    if name in ("show_unknown", "return_annotated") and isinstance(value, str):
        return WORDS.get(value.strip().lower(), value)
    return value


def _image(value: Any) -> ImageSource:
    if not isinstance(value, str | UploadedFile):
        raise FieldInvalid(f"`image` must be a string (base64, a data URI or a URL), not a {_kind(value)}.")
    return ImageSource.parse(value)


def _name(fields: Mapping[str, Any], field_name: str) -> str:
    value = fields[field_name]
    if not isinstance(value, str):
        kind = _kind(value)
        raise FieldInvalid(f"`{field_name}` must be a string that GET /api/v1/models lists, not a {kind}.")
    if not 1 <= len(value.strip()) <= LONGEST_NAME or not _encodable(value):
        raise FieldInvalid(f"`{field_name}` must have 1 to {LONGEST_NAME} characters.")
    return value


def _encodable(value: str) -> bool:
    """JSON can smuggle half a surrogate pair into a string, which is no character at all."""
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in value)


def _confidence(fields: Mapping[str, Any], name: str, default: float) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldInvalid(f"`{name}` must be a number from 0 to 1, not a {_kind(value)}.")
    if not 0 <= value <= 1 or math.isnan(value):
        raise FieldInvalid(f"`{name}` must lie between 0 and 1.")
    return float(value)


def _flag(fields: Mapping[str, Any], name: str, default: bool) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise FieldInvalid(f"`{name}` must be true or false, not a {_kind(value)}.")
    return value


def _kind(value: Any) -> str:
    kinds = {str: "string", bool: "boolean", type(None): "null", list: "list", dict: "object"}
    if isinstance(value, UploadedFile):
        return "file"
    return kinds.get(type(value), "number")
