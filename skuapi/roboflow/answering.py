"""One image through one release, to the body that a client reads."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rest_framework.request import Request

from inference.annotation import annotate
from inference.class_banner import with_classes
from inference.errors import ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Facing, Options
from inference.suppression import suppressed
from skuapi import engine
from skuapi.billed_work import Opened, Received
from skuapi.roboflow.model import Task
from skuapi.wire import roboflow_classification as classification
from skuapi.wire import roboflow_detection as detection
from skuapi.wire.roboflow_answer import About, ending
from skuapi.wire.roboflow_number import Picture
from skuapi.wire.roboflow_request import Wishes


@dataclass(frozen=True)
class Asked:
    """What a request wants of one release, about each of its images."""

    request: Request
    models: ModelSet
    task: Task
    wishes: Wishes
    received: Received
    image_path: str = ""

    @property
    def deadline(self) -> float:
        return self.received.deadline(self.request)


@dataclass(frozen=True)
class Answer:
    """picture: JPEG, if one is wanted; found: classes or products told of; timings: milliseconds by stage."""

    body: dict[str, Any]
    picture: bytes | None
    found: int
    timings: dict[str, float]


def answered(asked: Asked, opened: Opened) -> Answer:
    """Raises what the engine raises."""
    answer = (_detected if asked.task is Task.DETECTION else _classified)(asked, opened, time.monotonic())
    beside = answer.picture if asked.wishes.picture is Picture.TOO else None
    timings = {**answer.timings, "decode": opened.decode_ms}
    return replace(answer, body={**answer.body, **ending(beside)}, timings=timings)


def _classified(asked: Asked, opened: Opened, begun: float) -> Answer:
    manifest, wishes = asked.models.manifest, asked.wishes
    found = engine.backend().classify(asked.models, opened.photo, asked.deadline, opened.asker(asked.request))
    classes = classification.named(manifest.labels, found, wishes)
    many = manifest.task == "multi_label"
    shown = (classification.predicted if many else classification.surest_first)(classes, wishes)
    encode = classification.encode_multi_label if many else classification.encode_single_label
    picture, drawing = None, time.monotonic()
    if wishes.picture is not Picture.NONE:
        picture = with_classes(opened.photo.image, [(label.name, sure) for label, sure in shown])
    timings = {**found.timings, "annotate": _milliseconds(drawing)}
    return Answer(encode(classes, wishes, _about(asked, opened, begun)), picture, len(shown), timings)


def _detected(asked: Asked, opened: Opened, begun: float) -> Answer:
    """Never by an earlier release: the version is the client's choice, and its class ids are that version's."""
    manifest, wishes = asked.models.manifest, asked.wishes
    sure = manifest.sku_conf if wishes.confidence is None else wishes.confidence
    options = Options(sku_conf=sure, det_conf=manifest.det_conf)
    asker = opened.asker(asked.request)
    reading = engine.backend().read(asked.models, opened.photo, options, asked.deadline, asker)
    if reading.release != asked.models.name:
        raise ReleaseRefused(f"{asked.models.name} is refused, and {reading.release} is not what was asked for.")
    shown = _shown(reading.facings, sure, manifest.detector.iou, wishes)
    picture, drawing = None, time.monotonic()
    if wishes.picture is not Picture.NONE:
        told = replace(reading, facings=shown)
        picture = annotate(opened.photo.image, told, sure, False, wishes.labels, wishes.stroke)
    timings = {**reading.timings, "annotate": _milliseconds(drawing)}
    body = detection.encode(manifest.labels, shown, _about(asked, opened, begun))
    return Answer(body, picture, len(shown), timings)


def _shown(facings: Sequence[Facing], sure: float, own_overlap: float, wishes: Wishes) -> tuple[Facing, ...]:
    """The surest SKU first. The detector has kept no boxes that overlap by more than `own_overlap`."""
    wanted = [facing for facing in facings if facing.sku_conf >= sure]
    if wishes.classes is not None:
        wanted = [facing for facing in wanted if facing.sku in wishes.classes]
    if wishes.overlap is not None and wishes.overlap < own_overlap:
        wanted = list(suppressed(wanted, wishes.overlap))
    return tuple(sorted(wanted, key=lambda facing: -facing.sku_conf)[: wishes.max_detections])


def _about(asked: Asked, opened: Opened, begun: float) -> About:
    seconds = opened.decode_ms / 1000 + time.monotonic() - begun
    return About(seconds, opened.photo.image.size, asked.image_path)


def _milliseconds(since: float) -> float:
    return (time.monotonic() - since) * 1000
