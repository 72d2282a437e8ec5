"""Detectors that anybody's brand may use: converted, proved on a photo, kept under a name."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError

from database.writing import writing
from inference.errors import InferenceError
from inference.file_store import verified
from inference.image_errors import ImageError
from inference.images import decode
from inference.importing.errors import ImportRefused
from inference.manifest import CONTROL, LONGEST_NAME, DetectorSpec, sha256
from modelstore import names
from modelstore.models import Detector
from modelstore.store import model_store

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.bundle import Network
    from inference.importing.conversion import ConvertedDetector

REFERENCE_PHOTO = Path(__file__).with_name("reference_shelf.jpg")
SURE = 0.3  # what golden answers are compared by must be well above the threshold they are recorded with
RESERVED = "/@"  # releases are called CATEGORY/BRAND@VERSION


def import_detector(file: Path, name: str, photo: Path = REFERENCE_PHOTO) -> Detector:
    """Convert a YOLOv8 checkpoint or ONNX export and keep it under that name.

    photo: one on which it finds products; what it answers there is compared whenever it is loaded.
    The files are stored first and the row last, so a process killed in between leaves nothing visible.
    The same file imported twice is the same detector. Raises ImportRefused.
    """
    from inference.importing.conversion import convert

    _check_name(name)
    converted = convert(file)
    network = _proved(converted, photo)
    _check_free(name, network.spec)
    try:
        for data in (network.weights, network.golden):
            model_store().write(data)
    except OSError as error:
        raise ImportRefused(f"The detector cannot be stored: {error}. Make room, and import it again.") from error
    return _named(name, network.spec, ", ".join(converted.classes))


def stored_network(detector: Detector) -> "Network":
    """The detector as a bundle takes it. Raises ReleaseRefused when a file is missing or damaged."""
    from inference.bundle import Network

    spec = DetectorSpec(**json.loads(detector.spec))
    return Network(spec, verified(model_store(), spec.weights), verified(model_store(), spec.golden))


def _check_name(name: str) -> None:
    shown = names.shown(name)
    sound = 1 <= len(shown) <= LONGEST_NAME and len(names.key(name)) <= 2 * LONGEST_NAME
    if not sound or CONTROL.search(shown) or set(RESERVED) & set(shown):
        raise ImportRefused(
            f"A detector's name has 1 to {LONGEST_NAME} characters, none of control, and no / or @, "
            "which names of releases have. Choose another."
        )


def _proved(converted: "ConvertedDetector", photo: Path) -> "Network":
    """With its golden answers, once it loads and finds something to remember."""
    import torch

    from inference.bundle import detector_network
    from inference.detector import as_tensor
    from inference.weights import tensors

    try:
        pixels = as_tensor(decode(photo.read_bytes()), torch.device("cpu")).contiguous()
        network = detector_network(converted.architecture, converted.weights, pixels, converted.image_size)
    except (OSError, ImageError) as error:
        raise ImportRefused(f"The photo {photo} cannot be read: {error} Give another with --photo.") from error
    except InferenceError as error:
        raise ImportRefused(f"The converted detector does not answer: {error}") from error
    if not bool((tensors(network.golden)["boxes"][:, 4] >= SURE).any()):
        raise ImportRefused(
            f"The detector finds nothing on {photo.name} that it is {SURE:.0%} sure of. Give a photo on which it finds "
            "products with --photo PHOTO; if there is none, it was trained on something else than shelves."
        )
    return network


def _digest(spec: DetectorSpec) -> str:
    """What the detector is. Golden answers may differ in the last bit from one processor to the next."""
    return sha256(json.dumps(asdict(replace(spec, golden="")), sort_keys=True).encode())


def _check_free(name: str, spec: DetectorSpec) -> Detector | None:
    """The detector of that name if it is this one. Raises ImportRefused if it is another."""
    existing = Detector.objects.filter(name_key=names.key(name)).first()
    if existing and existing.digest != _digest(spec):
        raise ImportRefused(
            f"The name {existing} is taken by another detector ({existing.digest[:12]}…). Give this one another --name."
        )
    return existing


def _named(name: str, spec: DetectorSpec, classes: str) -> Detector:
    row = Detector(
        name=names.shown(name),
        name_key=names.key(name),
        digest=_digest(spec),
        spec=json.dumps(asdict(spec), sort_keys=True, ensure_ascii=False),
        classes=classes,
    )
    try:
        return _free_or_saved(name, spec, row)
    except IntegrityError:  # somebody else took the name in the meantime
        return _free_or_saved(name, spec, row)


def _free_or_saved(name: str, spec: DetectorSpec, row: Detector) -> Detector:
    """In one transaction with what the audit trail says of it."""
    with writing():
        if existing := _check_free(name, spec):
            return existing
        row.save(force_insert=True)
        return row
