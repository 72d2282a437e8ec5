"""What Roboflow's clients ask for: by a query beside one image (v0), or by a JSON document (v1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from django.http import QueryDict

from inference.image_errors import ImageNotBase64
from skuapi.errors import FieldInvalid, FieldMissing
from skuapi.image_input import ImageSource
from skuapi.wire.roboflow_number import Picture, flag, number, share, shown_as

API_KEY: Final = "api_key"
MOST_IMAGES: Final = 32
LONGEST_NAME: Final = 1000


@dataclass(frozen=True)
class Wishes:
    """What an answer shall hold. None: as the model itself has it.

    confidence, overlap: 0 to 1; classes: the names to tell of; stroke: of the lines in a picture, in pixels.
    """

    confidence: float | None = None
    overlap: float | None = None
    classes: frozenset[str] | None = None
    max_detections: int | None = None
    picture: Picture = Picture.NONE
    labels: bool = False
    stroke: int = 1


@dataclass(frozen=True)
class HostedRequest:
    """v0. image_url: of the query; name: what the client calls the image."""

    image_urls: list[str]
    name: str
    wishes: Wishes


@dataclass(frozen=True)
class InferRequest:
    """v1. is_list: whether the answer is a list as well."""

    model_id: str
    images: tuple[ImageSource, ...]
    is_list: bool
    wishes: Wishes = field(default_factory=Wishes)


def keys_in_query(query: QueryDict) -> list[str]:
    """A client without a key writes None."""
    return [value for value in query.getlist(API_KEY) if value not in ("", "None")]


def keys_in_document(document: Any) -> list[str]:
    value = document.get(API_KEY) if isinstance(document, Mapping) else None
    return [value] if isinstance(value, str) and value else []


def decode_query(query: QueryDict) -> HostedRequest:
    """Raises FieldInvalid. Parameters that mean nothing here are ignored."""
    wishes = Wishes(
        confidence=share("confidence", query.get("confidence"), percent_from=1.0),
        overlap=share("overlap", query.get("overlap"), percent_from=1.0),
        classes=_names(query.get("classes")),
        max_detections=number("max_detections", query.get("max_detections")),
        picture=shown_as(query.get("format")),
        labels=flag("labels", query.get("labels"), False),
        stroke=number("stroke", query.get("stroke")) or 1,
    )
    return HostedRequest(query.getlist("image"), query.get("name", "")[:LONGEST_NAME], wishes)


def _names(text: str | None) -> frozenset[str] | None:
    names = frozenset(name.strip() for name in (text or "").split(",")) - {""}
    return names or None


def model_id_in(document: Any) -> str:
    """Raises FieldInvalid or FieldMissing."""
    if not isinstance(document, Mapping):
        raise FieldInvalid("The body must be a JSON object with `model_id`, written as `slug/version`.")
    model_id = document.get("model_id")
    if model_id is None:
        raise FieldMissing("`model_id` is missing. Send it as `slug/version`.")
    if not isinstance(model_id, str):
        raise FieldInvalid("`model_id` must be a string, written as `slug/version`.")
    return model_id


def decode_document(document: Any) -> InferRequest:
    """Raises FieldInvalid, FieldMissing or an ImageError. Fields that mean nothing here are ignored."""
    model_id = model_id_in(document)
    drawn = flag("visualize_predictions", document.get("visualize_predictions"), False)
    wishes = Wishes(
        confidence=share("confidence", document.get("confidence")),
        overlap=share("iou_threshold", document.get("iou_threshold")),
        classes=_class_filter(document.get("class_filter")),
        max_detections=number("max_detections", document.get("max_detections")),
        picture=Picture.TOO if drawn else Picture.NONE,
        labels=flag("visualization_labels", document.get("visualization_labels"), False),
        stroke=number("visualization_stroke_width", document.get("visualization_stroke_width")) or 1,
    )
    image = document.get("image")
    return InferRequest(model_id, _images(image), isinstance(image, list), wishes)


def _class_filter(value: Any) -> frozenset[str] | None:
    if value is None or value == []:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise FieldInvalid("`class_filter` must be a list of names of classes.")
    return frozenset(value)


def _images(value: Any) -> tuple[ImageSource, ...]:
    images = value if isinstance(value, list) else [value]
    if not 1 <= len(images) <= MOST_IMAGES:
        raise FieldInvalid(f"`image` must be one image, or a list of 1 to {MOST_IMAGES}.")
    return tuple(map(_image, images))


def _image(value: Any) -> ImageSource:
    if value is None:
        raise FieldMissing("`image` is missing. Send it as an object with `type` and `value`.")
    if not isinstance(value, Mapping):
        _refuse_image()
    kind, text = value.get("type"), value.get("value")
    if not isinstance(text, str) or kind not in ("base64", "url"):
        _refuse_image()
    if kind == "url" and not text.strip().lower().startswith(("http://", "https://")):
        raise FieldInvalid("`image` of the type url must have an http or https address as its `value`.")
    if kind == "base64" and "://" in text[:40]:
        raise ImageNotBase64
    return ImageSource.parse(text)


def _refuse_image() -> NoReturn:
    raise FieldInvalid(
        "`image` must be an object with `type` (base64 or url) and `value`, the text of either. "
        "Arrays of numpy are not read: send a JPEG, PNG or WebP in base64."
    )
