"""Reports made up for tests: who was taken for whom is given, everything else is plausible."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from inference.manifest import loads, sha256
from modelstore.evaluation.answers import Answers, Calibration, answers, calibration
from modelstore.evaluation.figures import figures
from modelstore.evaluation.report import Learnt, Report

SKUS = ("RED", "GREEN", "BLUE")


def digest(number: int) -> str:
    return f"{number:064x}"


def report(
    said: Sequence[tuple[int, int]], skus: tuple[str, ...] = SKUS, learnt: Sequence[Learnt] = (), first: int = 1
) -> Report:
    """said: what each photo shows (-1 for none of the SKUs), and what was answered; first: the number of its photo."""
    truth, best = (np.array(column, np.int64) for column in zip(*said, strict=True))
    probabilities = np.full((len(said), len(skus)), 0.1 / len(skus))
    probabilities[np.arange(len(said)), best] += 0.9 - 0.001 * np.arange(len(said))
    given = answers(probabilities, truth, [digest(first + row) for row in range(len(said))])
    prints = np.random.default_rng(0).integers(0, 255, (len(learnt), 768), dtype=np.uint8)
    judged = calibration(given)
    return Report("photos", skus, figures(given, judged), given, judged, tuple(learnt), prints)


def carried(folder: Path, told: Report) -> Path:
    """The bundle in `folder`, with that report."""
    data, manifest = told.dumps(), loads((folder / "manifest.json").read_bytes())
    changed = replace(manifest, report=sha256(data), metrics=dict(told.metrics))
    (folder / f"{changed.report}.safetensors").write_bytes(data)
    (folder / "manifest.json").write_bytes(changed.dumps())
    return folder


def on_photos(given: Report, each: int) -> Report:
    """So many products on each photo."""
    rows = np.arange(len(given.answers))
    photos = tuple(digest(1 + int(row) // each) for row in rows)
    return replace(given, answers=replace(given.answers, photos=photos, places=rows % each))


def jpeg(colour: str = "red", size: tuple[int, int] = (40, 60)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def unasked() -> Report:
    """A report without answers."""
    bare, none = report([(0, 0)]), np.zeros(0, bool)
    given = bare.answers
    nothing = Answers((), given.places[:0], given.truth[:0], given.best[:0], given.confidences[:0])
    return replace(bare, metrics={}, answers=nothing, calibration=Calibration(np.zeros(0), none, none, np.zeros(0)))
