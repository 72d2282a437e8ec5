"""What every answer of Roboflow's APIs begins with, and the picture that it may end with."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pybase64


@dataclass(frozen=True)
class About:
    """size: width and height of the upright image; image_path: what the client calls it."""

    seconds: float
    size: tuple[int, int]
    image_path: str = ""
    inference_id: str = field(default_factory=lambda: str(uuid.uuid4()))


def beginning(about: About) -> dict[str, Any]:
    width, height = about.size
    return {
        "inference_id": about.inference_id,
        "time": about.seconds,
        "image": {"width": width, "height": height},
    }


def ending(picture: bytes | None) -> dict[str, Any]:
    """picture: JPEG."""
    return {} if picture is None else {"visualization": pybase64.b64encode_as_string(picture)}
