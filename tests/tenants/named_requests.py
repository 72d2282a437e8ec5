"""Requests with an Idempotency-Key, without HTTP."""

import random
from datetime import UTC, datetime, timedelta

from tenants.answers import Answer, Claim, claim, keep
from tenants.models import ApiKey

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE = timedelta(seconds=110)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
BODY = b'{"success":true}'


def answer(body: bytes = BODY) -> Answer:
    return Answer(200, {"X-Model-Release": "A/B@1"}, {"found": 3}, body)


def begun(key: ApiKey, name: str = "n", now: datetime = NOW) -> Claim:
    found = claim(key, name, "asked", now)
    assert isinstance(found, Claim)
    return found


def answered(key: ApiKey, name: str = "n", now: datetime = NOW, body: bytes = BODY) -> None:
    keep(begun(key, name, now), answer(body))


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that no compression makes smaller."""

    return random.Random(seed).randbytes(size)
