"""POST /api/v1/predict, from top to bottom: key -> limits -> body -> model -> image -> quota unit -> engine -> wire."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inference.annotation import annotate
from inference.images import ImageLimits, decode
from inference.manifest import ModelSet
from inference.results import Reading
from modelstore.catalogue import model_set_for
from skuapi import engine
from skuapi.api_view import ApiView, key_of, tenant_of
from skuapi.errors import UnknownVersion
from skuapi.predict_form import PredictForm
from skuapi.request_body import StrictJsonParser, UploadParser
from skuapi.wire import sku_request, sku_v1, sku_v2
from skuapi.wire.sku_request import PredictRequest
from tenants import quota

VERSIONS = (sku_v1.VERSION, sku_v2.VERSION)
LIMITS = ImageLimits(settings.MAX_IMAGE_BYTES, settings.MAX_IMAGE_PIXELS)


@dataclass
class Answer:
    """What the stages of one prediction leave for the response."""

    body: dict[str, Any]
    release: str
    timings: dict[str, float] = field(default_factory=dict)


class PredictView(ApiView):
    """Detect every product on a shelf photo and name its SKU."""

    name = "Predict"
    required_scope = "predict"
    parser_classes = (StrictJsonParser, UploadParser)
    serializer_class = PredictForm

    def get_serializer(self, *args: Any, **kwargs: Any) -> PredictForm:
        """The form of the browsable page; requests are read by the wire format."""
        return PredictForm(*args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            quota.check_not_exhausted(key_of(request))

    def post(self, request: Request) -> Response:
        arrived_at = timezone.now()
        version = wanted_version(request)
        asked = sku_request.decode(request.data, is_form=request.content_type.startswith("multipart/"))
        models = model_set_for(tenant_of(request), asked.category, asked.brand)
        answer = self.billed(request, asked, models, version, arrived_at)
        response = Response(answer.body)
        response["X-Model-Release"] = answer.release
        response["X-API-Version"] = version
        response["Server-Timing"] = ", ".join(f"{name};dur={ms:.1f}" for name, ms in answer.timings.items())
        if asked.ignored:
            response["X-API-Warnings"] = warning(asked.ignored)
        return response

    def billed(
        self, request: Request, asked: PredictRequest, models: ModelSet, version: str, arrived_at: Any
    ) -> Answer:
        """The image first, then a unit, then the work; the unit is returned whatever goes wrong."""
        started = time.monotonic()
        image = decode(asked.image.read(), LIMITS)
        decode_ms = (time.monotonic() - started) * 1000
        ticket = quota.reserve(key_of(request), arrived_at)
        try:
            reading = engine.read(models, image, asked.options, arrival(request) + settings.REQUEST_TIMEOUT)
            answer = answered(asked, image, reading, version, arrival(request))
        except BaseException:
            ticket.release()
            raise
        request._request.usage = ticket.settle()  # type: ignore[attr-defined]
        answer.timings = {"decode": decode_ms, **answer.timings}
        return answer


def answered(asked: PredictRequest, image: Any, reading: Reading, version: str, arrived: float) -> Answer:
    """Both formats from one reading."""
    sku_conf, timings = asked.options.sku_conf, dict(reading.timings)
    if version == sku_v1.VERSION:
        body = sku_v1.encode(reading, sku_conf, asked.show_unknown, time.monotonic() - arrived)
        return Answer(body, reading.release, timings)
    picture = None
    if asked.return_annotated:
        start = time.monotonic()
        picture = annotate(image, reading, sku_conf, asked.show_unknown)
        timings["annotate"] = (time.monotonic() - start) * 1000
    return Answer(sku_v2.encode(reading, sku_conf, asked.show_unknown, picture), reading.release, timings)


def wanted_version(request: Request) -> str:
    """The header beats the key's pin; the current version is the default."""
    version = request.headers.get("X-API-Version") or key_of(request).api_version or sku_v2.VERSION
    if version not in VERSIONS:
        raise UnknownVersion(f"X-API-Version must be one of {', '.join(VERSIONS)}; leave it out for the current one.")
    return version


def arrival(request: Request) -> float:
    """When the request reached Django: time.monotonic seconds."""
    arrived: float = request._request.arrived  # type: ignore[attr-defined]
    return arrived


def warning(ignored: list[str]) -> str:
    """Names of unknown fields, in ASCII, as a header can hold them."""
    names = ", ".join(name[:50] for name in ignored[:20])
    return "ignored fields: " + names.encode("ascii", "backslashreplace").decode().replace("\n", " ").replace("\r", " ")
