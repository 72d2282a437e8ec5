"""The report of a release: how it did on photos it had not learnt from, and what it learnt from.

It travels with the bundle as one safetensors file that the manifest names; its words are JSON in an array of bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inference.errors import ReleaseRefused
from inference.manifest import Task
from inference.weights import Array, arrays, packed
from modelstore.evaluation.answers import ARRAYS, Answers, Calibration
from modelstore.evaluation.fingerprints import LENGTH, Fingerprints
from modelstore.evaluation.report_rules import broken_rules

FORMAT = 1
SMALL = {"places": np.int32, "truth": np.int16, "best": np.int16, "confidences": np.float16}
"""How answers are stored: there may be tens of thousands."""
DAMAGED = "The report is no report. Export the bundle again."
Kind = Literal["cross-validation", "held-out shelves", "photos"]
Use = Literal["reference", "negative", "shelf", "tagged"]
Metrics = dict[str, float | int]


@dataclass(frozen=True)
class Learnt:
    """A photo with its labels. photo: its sha256, under which the photo store may have it; sku: None for a shelf,
    and for a product that is none of the brand's; boxes: of a shelf, (x1, y1, x2, y2, SKU or None); marks: of a picture
    with tags, whether it has each of them."""

    photo: str
    use: Use
    sku: str | None = None
    boxes: tuple[tuple[float, float, float, float, str | None], ...] = ()
    marks: tuple[tuple[str, bool], ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(tag for tag, has in self.marks if has)

    def document(self) -> dict[str, Any]:
        """As reports were written before there were tags, where there are none."""
        fields = asdict(self)
        return fields if self.marks else {name: value for name, value in fields.items() if name != "marks"}


@dataclass(frozen=True, eq=False)
class Report:
    """kind: how the photos were kept from what was learnt; skus: by row, or classes, or outcomes of tags; learnt,
    fingerprints [M, 768]: what the release must not be judged by; pictures: small JPEGs, `answer.3` of the fourth
    answer, `sku.0` of the first SKU; asked: the photos of the answers where they are none of those learnt from."""

    kind: Kind
    skus: tuple[str, ...]
    metrics: Metrics
    answers: Answers
    calibration: Calibration
    learnt: tuple[Learnt, ...] = ()
    fingerprints: Fingerprints = field(default_factory=lambda: np.zeros((0, LENGTH), np.uint8))
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    asked: tuple[Learnt, ...] = ()
    task: Task = "sku"

    def dumps(self) -> bytes:
        words: dict[str, Any] = {
            "format": FORMAT,
            "kind": self.kind,
            "skus": self.skus,
            "metrics": self.metrics,
            "learnt": [one.document() for one in self.learnt],
            "asked": [one.document() for one in self.asked],
        }
        words |= {"task": self.task} if self.task != "sku" else {}  # likewise
        return packed(
            {
                "words": _bytes(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()),
                "fingerprints": self.fingerprints,
                **_answer_arrays(self.answers),
                **_calibration_arrays(self.calibration),
                **{f"picture.{name}": _bytes(jpeg) for name, jpeg in self.pictures.items()},
            }
        )


def report_from(data: bytes) -> Report:
    """Raises ReleaseRefused for anything that is no report."""
    stored = arrays(data)
    try:
        words = json.loads(stored["words"].tobytes())
        if words["format"] != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return _checked(_report(words, stored))
    except (LookupError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ReleaseRefused(f"{DAMAGED} ({error})") from error


def _report(words: dict[str, Any], stored: Mapping[str, Array]) -> Report:
    return Report(
        words["kind"],
        tuple(map(str, words["skus"])),
        dict(words["metrics"]),
        _answers(stored),
        _calibration(stored),
        tuple(_learnt(entry) for entry in words["learnt"]),
        _array(stored, "fingerprints", 2, "u"),
        {name.partition(".")[2]: array.tobytes() for name, array in stored.items() if name.startswith("picture.")},
        tuple(_learnt(entry) for entry in words["asked"]),
        words.get("task", "sku"),
    )


def _learnt(entry: dict[str, Any]) -> Learnt:
    boxes = tuple((float(x1), float(y1), float(x2), float(y2), sku) for x1, y1, x2, y2, sku in entry["boxes"])
    marks = tuple((str(tag), bool(has)) for tag, has in entry.get("marks", ()))
    return Learnt(str(entry["photo"]), entry["use"], entry["sku"], boxes, marks)


def _answer_arrays(given: Answers) -> dict[str, Array]:
    digests = np.frombuffer(bytes.fromhex("".join(given.photos)), np.uint8).reshape(-1, 32)
    arrays = {f"answers.{name}": getattr(given, name).astype(SMALL[name]) for name in ARRAYS}
    return {"answers.photos": digests, **arrays}


def _calibration_arrays(given: Calibration) -> dict[str, Array]:
    confidences, weights = given.confidences.astype(np.float16), given.weights.astype(np.float32)
    named = {"confidences": confidences, "right": given.right, "known": given.known, "weights": weights}
    return {f"calibration.{name}": array for name, array in named.items()}


def _answers(stored: Mapping[str, Array]) -> Answers:
    photos = tuple(row.tobytes().hex() for row in _array(stored, "answers.photos", 2, "u"))
    places, truth, best = (
        _array(stored, f"answers.{name}", dimensions, "i").astype(np.int64)
        for name, dimensions in (("places", 1), ("truth", 1), ("best", 2))
    )
    return Answers(photos, places, truth, best, _array(stored, "answers.confidences", 2, "f").astype(np.float32))


def _calibration(stored: Mapping[str, Array]) -> Calibration:
    kinds = {"confidences": "f", "right": "b", "known": "b", "weights": "f"}
    confidences, right, known, weights = (
        _array(stored, f"calibration.{name}", 1, kind) for name, kind in kinds.items()
    )
    return Calibration(confidences.astype(np.float32), right, known, weights.astype(np.float64))


def _array(stored: Mapping[str, Array], name: str, dimensions: int, kind: str) -> NDArray[Any]:
    """kind: numpy's letter for integers, floats or flags."""
    found = stored[name]
    if found.ndim != dimensions or found.dtype.kind != kind:
        raise ValueError(f"{name} has {found.ndim} dimensions of {found.dtype}")
    return found


def _checked(report: Report) -> Report:
    """Whoever made the file: pages are drawn from it."""
    for problem in broken_rules(report, get_args(Kind), get_args(Use), get_args(Task)):
        raise ValueError(problem)
    return report


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)
