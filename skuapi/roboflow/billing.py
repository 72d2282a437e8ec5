"""The images of a request, each one unit: all of them are answered and billed, or none."""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.response import Response

from inference.image_errors import ImageError
from skuapi.billed_work import Opened, open_photo, reserved, settle
from skuapi.idempotency import Keeper
from skuapi.image_input import ImageSource
from skuapi.observability.metrics import note_prediction
from skuapi.observability.requests import note_found
from skuapi.roboflow.answering import Answer, Asked, answered
from skuapi.roboflow.model import Task
from skuapi.wire import headers
from tenants import answers

Render = Callable[[list[Answer]], bytes]
JPEG = "image/jpeg"


def billed(
    asked: Asked, images: Sequence[ImageSource], render: Render, jpeg: bool = False, keeper: Keeper | None = None
) -> HttpResponse:
    """render: the body as it is sent, a JPEG or JSON. Raises QuotaExhausted, ImageError and what the engine raises."""
    opened = _opened(asked, images)
    first = next(opened)
    with reserved(asked.request, asked.received, len(images)) as ticket:
        found = [answered(asked, first), *(answered(asked, photo) for photo in opened)]
        body = render(found)
        settle(asked.request, asked.received, ticket, keeper, lambda: _kept(asked, found, body))
    _note(asked, found)
    named = headers.of_answer(asked.models.name, _together(found), ())
    return HttpResponse(body, content_type=JPEG, headers=named) if jpeg else Response(body, headers=named)


def _opened(asked: Asked, images: Sequence[ImageSource]) -> Iterator[Opened]:
    """One after the other: together their pixels might not fit into memory."""
    for number, image in enumerate(images, start=1):
        try:
            yield open_photo(asked.request, asked.received, image)
        except ImageError as error:
            if len(images) > 1:
                error.args = (f"{error} It is image {number} of {len(images)}; none of them is billed.",)
            raise


def _together(found: Sequence[Answer]) -> dict[str, float]:
    """Milliseconds by stage, of all images."""
    stages = {stage for answer in found for stage in answer.timings}
    return {stage: sum(answer.timings.get(stage, 0.0) for answer in found) for stage in stages}


def _note(asked: Asked, found: Sequence[Answer]) -> None:
    """For whoever looks for the request later, and for metrics, which count facings of shelves."""
    told = sum(answer.found for answer in found)
    note_found(asked.request._request, told)
    facings = told if asked.task is Task.DETECTION else 0
    note_prediction(asked.models.name, facings, _together(found))


def _kept(asked: Asked, found: Sequence[Answer], body: bytes) -> answers.Answer:
    """For whoever sends the request again."""
    manifest = asked.models.manifest
    about = {"asked": [manifest.category, manifest.brand], "found": sum(answer.found for answer in found)}
    release = {"X-Model-Release": headers.of_answer(asked.models.name, {}, ())["X-Model-Release"]}
    return answers.Answer(HTTPStatus.OK, release, about, body)
