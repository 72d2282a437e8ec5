"""What every request with a photo goes through, whichever API it came by: room, photo, units, work, bill."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from rest_framework.request import Request

from inference.asker import Asker
from inference.errors import DeadlineExceeded
from skuapi import engine
from skuapi.api_view import key_of, note_usage, tenant_of
from skuapi.hang_up import has_hung_up
from skuapi.idempotency import Keeper
from skuapi.image_input import ImageSource
from skuapi.photo import Photo, opened
from tenants import answers, quota
from tenants.errors import QuotaExhausted


@dataclass(frozen=True)
class Received:
    """When the whole request was there, on the wall and on time.monotonic: an upload takes as long as its line."""

    at: datetime = field(default_factory=timezone.now)
    clock: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        return time.monotonic() - self.clock

    def deadline(self, request: Request) -> float:
        """On time.monotonic."""
        return self.clock + tenant_of(request).seconds_to_answer(settings.REQUEST_TIMEOUT)


@dataclass(frozen=True)
class Opened:
    photo: Photo
    decode_ms: float

    def asker(self, request: Request) -> Asker:
        return Asker(_flow(request), self.photo.digest, lambda: has_hung_up(request._request))


def _flow(request: Request) -> str:
    return str(tenant_of(request).pk)


def open_photo(request: Request, received: Received, source: ImageSource) -> Opened:
    """Fetched, if it is a URL, and decoded. Raises QueueFull before that, ImageError and DeadlineExceeded."""
    close_old_connections()  # a pooled connection serves others while this request waits for a picture
    engine.backend().check_room(_flow(request), received.deadline(request))
    started = time.monotonic()
    photo = opened(source.read(received.deadline(request)))
    return Opened(photo, (time.monotonic() - started) * 1000)


@contextmanager
def reserved(request: Request, received: Received, units: int = 1) -> Iterator[quota.Ticket]:
    """Units that are given back at the end, whatever goes wrong, unless they were settled. Raises QuotaExhausted."""
    try:
        ticket = quota.reserve(key_of(request), received.at, units)
    except QuotaExhausted:
        note_usage(request, quota.usage_of(tenant_of(request)))  # what was seen with the key has changed since
        raise
    close_old_connections()  # likewise while it waits for the engine
    try:
        yield ticket
    finally:
        note_usage(request, ticket.release())


def settle(
    request: Request,
    received: Received,
    ticket: quota.Ticket,
    keeper: Keeper | None,
    kept: Callable[[], answers.Answer],
) -> None:
    """Bills an answer that is ready to be sent. kept: what is kept of it for whoever asks again.

    Raises DeadlineExceeded for one that comes too late."""
    if time.monotonic() >= received.deadline(request):
        raise DeadlineExceeded
    if keeper:
        keeper.settle(ticket, kept())
    else:
        ticket.settle()
