"""POST /api/v1/predict, from top to bottom: key -> limits -> body -> model -> image -> quota unit -> engine -> wire.

A request with an Idempotency-Key goes the same way between `idempotency.once` and `Keeper.settle`."""

import time
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from inference.annotation import annotate
from inference.manifest import ModelSet
from inference.results import Reading
from modelstore.catalogue import answering_for
from skuapi import engine, idempotency
from skuapi.api_view import ApiView, CompactJsonRenderer, key_of, rendered, tenant_of
from skuapi.billed_work import Received, open_photo, reserved, settle
from skuapi.canary.sighting import WatchedResponse, drawn
from skuapi.errors import UnknownVersion
from skuapi.idempotency import Keeper
from skuapi.observability.metrics import note_prediction
from skuapi.observability.requests import note_asked, note_found
from skuapi.photo import Photo
from skuapi.predict_form import PredictForm
from skuapi.request_body import StrictJsonParser, UploadParser
from skuapi.web_places import place_of
from skuapi.wire import headers, sku_request, sku_v1, sku_v2
from skuapi.wire.sku_request import PredictRequest
from tenants import answers, quota
from tenants.models import ApiKey
from tenants.pins import pinned_releases

VERSIONS = (sku_v1.VERSION, sku_v2.VERSION)


@dataclass
class Answer:
    """What the stages of one prediction leave for the response."""

    body: dict[str, Any] | bytes
    photo: Photo
    reading: Reading
    timings: dict[str, float] = field(default_factory=dict)

    def kept(self, asked: PredictRequest, version: str) -> answers.Answer:
        """For whoever sends the request again."""
        assert isinstance(self.body, bytes), "a request with an Idempotency-Key is answered in JSON"
        named = headers.of_answer(self.reading.release, {}, asked.ignored)
        named = {name: value for name, value in named.items() if name != "Server-Timing"}
        about = {"asked": [asked.category, asked.brand], "found": len(self.reading.facings)}
        return answers.Answer(HTTPStatus.OK, {**named, "X-API-Version": version}, about, self.body)


class PredictView(ApiView):
    """Detect every product on a shelf photo and name its SKU."""

    name = "Predict"
    required_scope = "predict"
    parser_classes = (StrictJsonParser, UploadParser)
    serializer_class = PredictForm

    def get_serializer(self, *args: Any, **kwargs: Any) -> PredictForm:
        """The form of the browsable page; requests are read by the wire format."""
        return PredictForm(*args, **kwargs)

    def check_limits(self, request: Request) -> None:
        # What was answered before is answered again, however much has been used since.
        if request.method == "POST" and idempotency.HEADER not in request.headers:
            quota.check_not_exhausted(key_of(request))

    def post(self, request: Request) -> HttpResponse:
        version = wanted_version(request)
        name = idempotency.name_of(request)
        with place_of(tenant_of(request)):
            if name is None:
                return self.predicted(request, version)
            return idempotency.once(request, name, partial(self.predicted, request, version))

    def predicted(self, request: Request, version: str, keeper: Keeper | None = None) -> Response:
        """keeper: of the answer to a request that may be sent again."""
        is_form = request.content_type.lower().startswith("multipart/")
        asked = sku_request.decode(request.data, is_form)
        note_asked(request._request, asked.category, asked.brand)
        received = Received()
        pins = pinned_releases(key_of(request))
        models, watch = answering_for(tenant_of(request), asked.category, asked.brand, pins)
        answer = self.billed(request, asked, models, version, received, keeper)
        note_found(request._request, len(answer.reading.facings))
        note_prediction(answer.reading.release, len(answer.reading.facings), answer.timings)
        named = headers.of_answer(answer.reading.release, answer.timings, asked.ignored)
        response = WatchedResponse(answer.body, headers=named)
        if watch and answer.reading.release == models.name:
            response.sighting = drawn(watch, answer.photo, asked.options, answer.reading)
        return response

    def billed(
        self,
        request: Request,
        asked: PredictRequest,
        models: ModelSet,
        version: str,
        received: Received,
        keeper: Keeper | None,
    ) -> Answer:
        """The image first, then a unit, then the work; the unit is returned whatever goes wrong."""
        opened = open_photo(request, received, asked.image)
        deadline, asker = received.deadline(request), opened.asker(request)
        with reserved(request, received) as ticket:
            reading = engine.backend().read(models, opened.photo, asked.options, deadline, asker)
            answer = answered(asked, opened.photo, reading, version, received)
            if isinstance(request.accepted_renderer, CompactJsonRenderer):
                answer.body = rendered(answer.body)  # before it is billed: all that is left then is to send it
            settle(request, received, ticket, keeper, lambda: answer.kept(asked, version))
        answer.timings["decode"] = opened.decode_ms
        return answer

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("X-API-Version", answered_version(request))
        return final


def answered(asked: PredictRequest, photo: Photo, reading: Reading, version: str, received: Received) -> Answer:
    """Both formats from one reading."""
    sku_conf, timings = asked.options.sku_conf, dict(reading.timings)
    if version == sku_v1.VERSION:
        body = sku_v1.encode(reading, sku_conf, asked.show_unknown, received.seconds())
        return Answer(body, photo, reading, timings)
    picture = None
    if asked.return_annotated:
        start = time.monotonic()
        picture = annotate(photo.image, reading, sku_conf, asked.show_unknown)
        timings["annotate"] = (time.monotonic() - start) * 1000
    return Answer(sku_v2.encode(reading, sku_conf, asked.show_unknown, picture), photo, reading, timings)


def wanted_version(request: Request) -> str:
    """The header beats the key's pin; the current version is the default."""
    version = request.headers.get("X-API-Version") or key_of(request).api_version or sku_v2.VERSION
    if version not in VERSIONS:
        raise UnknownVersion(f"X-API-Version must be one of {', '.join(VERSIONS)}; leave it out for the current one.")
    return version


def answered_version(request: Any) -> str:
    """What the header of any answer says, errors included: their body is the same in all versions."""
    key: ApiKey | None = getattr(getattr(request, "_request", request), "api_key", None)
    wanted = request.headers.get("X-API-Version") or (key and key.api_version)
    return wanted if wanted in VERSIONS else sku_v2.VERSION
