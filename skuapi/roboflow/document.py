"""The JSON document of a v1 request. It may hold the key, so it is read before anybody knows who asks, and once."""

import io
from typing import Any

from django.http import HttpRequest

from skuapi.request_body import StrictJsonParser, refuse_unread


def document_of(request: HttpRequest) -> Any:
    """Whatever content type the client names; None for no body. Raises BodyTooLarge or BodyUnreadable."""
    if not hasattr(request, "roboflow_document"):
        refuse_unread(request.META)
        body = request.body
        request.roboflow_document = StrictJsonParser().parse(io.BytesIO(body)) if body.strip() else None  # type: ignore[attr-defined]
    return request.roboflow_document  # type: ignore[attr-defined]
