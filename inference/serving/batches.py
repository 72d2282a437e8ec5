"""What is computed in one go for photos of many requests, and what happens when it fails.

A batch that fails is tried again in pieces, so that a photo that cannot be computed spoils no other's.
"""

import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from inference.crops import CropSpec, crop_batch
from inference.detector import input_shape
from inference.encoders import Encoder
from inference.errors import EngineOffline, OutOfMemory
from inference.head import Floats
from inference.loading import DEVICE_LOST
from inference.no_memory import is_memory
from inference.serving.work import Work

T = TypeVar("T")
TOO_LITTLE_MEMORY = "The photo needs more memory than there is. Try again, or send a smaller one."


class Part(NamedTuple):
    """Facings of one photo, from row `start` to before `stop`."""

    work: Work
    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def rows(self) -> slice:
        return slice(self.start, self.stop)


def alike(work: Work, other: Work) -> bool:
    """Whether both photos fit into one batch of a detector."""
    return _detection_key(work) == _detection_key(other)


def _detection_key(work: Work) -> tuple[object, tuple[int, int]]:
    detector = work.release.detector
    return detector, input_shape(work.pixels.shape[1], work.pixels.shape[2], detector.spec.image_size)


def detected(works: Sequence[Work]) -> list[Tensor | Exception]:
    """Of each of N alike photos its boxes float32 [M, 5], or why there are none."""
    began = time.monotonic()
    answers = _detected_or_why(works)
    for work in works:
        work.spend("detect", began)
    return answers


def _detected_or_why(works: Sequence[Work]) -> list[Tensor | Exception]:
    answer = _tried(lambda: _detect(works))
    if not isinstance(answer, Exception):
        return list(answer)
    release_memory()
    if len(works) == 1:
        return [told(answer)]
    return [one for work in works for one in _detected_or_why([work])]


def _detect(works: Sequence[Work]) -> list[Tensor]:
    detector = works[0].release.detector
    for work in works:
        work.move_to(detector.device)
    return detector.detect_batch([work.pixels for work in works], [work.confidence for work in works])


def embedded(parts: Sequence[Part]) -> list[Exception | None]:
    """Write the embeddings of N parts into their works' features. Answers why those failed that did."""
    began = time.monotonic()
    failures = _embedded_or_why(parts, may_halve=True)
    for work in {part.work for part in parts}:
        work.spend("embed", began)
    return failures


def _embedded_or_why(parts: Sequence[Part], may_halve: bool) -> list[Exception | None]:
    error = _tried(lambda: _embed(parts))
    if error is None:
        return [None] * len(parts)
    release_memory()
    if len(parts) == 1:
        return [_halved(parts[0], error) if may_halve and is_memory(error) else told(error)]
    return [failure for part in parts for failure in _embedded_or_why([part], may_halve)]


def _tried(compute: Callable[[], T]) -> T | Exception:
    """What it answers, or what it raises."""
    try:
        return compute()
    except Exception as error:
        found = error
    forget_frames(found)
    return found


def _halved(part: Part, error: Exception) -> Exception | None:
    """Once more in two halves."""
    work, start, stop = part
    middle = (start + stop) // 2
    if middle == start:
        return told(error)
    halves = (Part(work, start, middle), Part(work, middle, stop))
    failures = (_embedded_or_why([half], may_halve=False)[0] for half in halves)
    return next((failure for failure in failures if failure), None)


def _embed(parts: Sequence[Part]) -> None:
    """Every encoder once for all facings that need it, whatever their brands."""
    crops: dict[tuple[CropSpec, Part], Tensor] = {}
    for encoder, spec in _encoders(parts):
        using = [part for part in parts if (encoder, spec) in _pairs(part.work)]
        for part in using:
            if (spec, part) not in crops:
                crops[spec, part] = _cut(part, spec)
        together = torch.cat([crops[spec, part] for part in using])
        embeddings = encoder.encode(together, batch=len(together)).cpu().numpy()
        _hand_out(embeddings, using, encoder, spec)


def _encoders(parts: Sequence[Part]) -> list[tuple[Encoder, CropSpec]]:
    return list(dict.fromkeys(pair for part in parts for pair in _pairs(part.work)))


def _pairs(work: Work) -> list[tuple[Encoder, CropSpec]]:
    return list(zip(work.release.encoders, work.release.crops, strict=True))


def _cut(part: Part, spec: CropSpec) -> Tensor:
    assert part.work.found is not None
    part.work.move_to(part.work.release.detector.device)
    return crop_batch(part.work.pixels, part.work.found[part.rows, :4], spec)


def _hand_out(embeddings: Floats, parts: Sequence[Part], encoder: Encoder, spec: CropSpec) -> None:
    """embeddings [M, D] of all parts, one behind the other, into the columns of that encoder."""
    start = 0
    for part in parts:
        end = start + part.length
        columns = part.work.release.columns[_pairs(part.work).index((encoder, spec))]
        part.work.features[part.rows, columns] = embeddings[start:end]
        start = end


def is_lost_device(error: Exception) -> bool:
    """Whether the device will answer nothing more to this process."""
    return any(isinstance(one, torch.AcceleratorError) and not is_memory(one) for one in (error, error.__cause__))


def told(error: Exception) -> Exception:
    """As clients are to be told."""
    if is_memory(error):
        failure: Exception = OutOfMemory(TOO_LITTLE_MEMORY)
    elif isinstance(error, torch.AcceleratorError):
        failure = EngineOffline(DEVICE_LOST)
    else:
        return error
    failure.__cause__ = error
    return failure


def forget_frames(error: Exception) -> None:
    """Where it was raised is kept as a note. A traceback would keep every frame up to the thread's first one, and
    with them the tensors of the batch that failed, whose memory the next try needs."""
    lines = traceback.format_exception(error)
    link: BaseException | None = error
    while link is not None:
        if link.__traceback__:
            traceback.clear_frames(link.__traceback__)
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    error.add_note("".join(lines).rstrip())


def release_memory() -> None:
    """What torch keeps for later batches goes back to the device. One that is lost refuses even that."""
    if torch.cuda.is_available():
        with suppress(RuntimeError):
            torch.cuda.empty_cache()
