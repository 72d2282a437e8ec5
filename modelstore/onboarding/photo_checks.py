"""What is wrong with the photos of a new SKU, told while the person who took them is still there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inference.image_errors import ImageError
from inference.images import ImageLimits, decode
from inference.manifest import CONTROL, sha256
from modelstore.evaluation.fingerprints import Fingerprints, fingerprint, near_duplicates
from modelstore.onboarding.sharpness import BLURRED, sharpness

FEWEST, MOST = 3, 8
SMALLEST = 160
"""Pixels of the longer side: less than encoders look at."""
_LONGEST_NAME = 100


class PhotosRefused(Exception):
    """Nothing was kept. problems: what must be put right, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class NewPhoto:
    """warning: what is the matter with a photo that may be used all the same."""

    name: str
    data: bytes
    digest: str
    warning: str = ""


def checked(files: Sequence[tuple[str, bytes]], limits: ImageLimits) -> list[NewPhoto]:
    """files: names, as the browser told them, and bytes. Raises PhotosRefused."""
    photos = [NewPhoto(shown(name), data, sha256(data)) for name, data in files]
    looks = [_look(photo, limits) for photo in photos]
    problems = [*_count(photos), *(look for look in looks if isinstance(look, str)), *_twins(photos)]
    if problems:
        raise PhotosRefused(problems)
    sound = [look for look in looks if isinstance(look, _Look)]
    alike = _near_twins(photos, np.stack([look.print for look in sound]))
    return [replace(photo, warning=" ".join([*look.warnings, *alike.get(photo.digest, [])]))
            for photo, look in zip(photos, sound, strict=True)]  # fmt: skip


def shown(name: str) -> str:
    """A file's name as pages show it."""
    return CONTROL.sub("", name).strip()[-_LONGEST_NAME:] or "photo"


@dataclass(frozen=True, eq=False)
class _Look:
    print: Fingerprints
    warnings: list[str]


def _look(photo: NewPhoto, limits: ImageLimits) -> _Look | str:
    """The complaint for a photo that cannot be read; decoded one at a time, for they may be large."""
    try:
        image = decode(photo.data, limits)
    except ImageError as error:
        return str(error).replace("`image`", photo.name)
    warnings = []
    if max(image.size) < SMALLEST:
        warnings.append(f"Only {image.width} x {image.height} pixels: take it from nearer.")
    elif sharpness(image) < BLURRED:
        warnings.append("Blurred: take it again, with the product in focus and the camera still.")
    return _Look(fingerprint(image), warnings)


def _count(photos: Sequence[NewPhoto]) -> Iterator[str]:
    if not FEWEST <= len(photos) <= MOST:
        yield f"Give {FEWEST} to {MOST} photos; these are {len(photos)}."


def _twins(photos: Sequence[NewPhoto]) -> Iterator[str]:
    first: dict[str, str] = {}
    for photo in photos:
        other = first.setdefault(photo.digest, photo.name)
        if other is not photo.name:
            yield f"{other} and {photo.name} are the same photo. Take one out."


def _near_twins(photos: Sequence[NewPhoto], prints: Fingerprints) -> dict[str, list[str]]:
    """By digest, of each but the first of those that are nearly the same."""
    found: dict[str, list[str]] = {}
    for one, other in near_duplicates(prints, prints):
        if one < other and photos[other].digest not in found:
            found[photos[other].digest] = [f"Nearly the same as {photos[one].name}: take one from another side."]
    return found
