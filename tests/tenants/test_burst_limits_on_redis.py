"""Burst limits of a server with two processes that count in a real Redis: exact, to the request."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
import requests

from tests.live_server import Site, serving

REDIS = "redis://127.0.0.1:6379/0"
LIMIT, ASKED, CLIENTS = 40, 160, 16
# Numbers that no other run uses: Redis remembers for a minute.
MADE = """
from tenants.keys import issue
from tenants.models import Tenant
for number in ({first}, {first} + 1):
    tenant = Tenant.objects.create(pk=number, name=f"T{{number}}", burst_limit_per_minute={limit})
    print(issue(tenant, burst_limit_per_minute=0)[1])
"""


@pytest.fixture(scope="module")
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        pytest.skip(f"no Redis answers at {REDIS}: {error}")
    return REDIS


def answers(url: str, key: str) -> tuple[Counter[int], list[float]]:
    """Statuses, and when the window of each refusal ends."""

    def ask(_: int) -> tuple[int, float]:
        answer = requests.get(f"{url}/api/v1/usage", headers={"X-API-Key": key}, timeout=60)
        return answer.status_code, time.time() + int(answer.headers.get("Retry-After", 0))

    with ThreadPoolExecutor(CLIENTS) as clients:
        found = list(clients.map(ask, range(ASKED)))
    return Counter(status for status, _ in found), [end for status, end in found if status == 429]


def test_two_processes_together_let_through_exactly_the_limit(redis_url: str, tmp_path: Path) -> None:
    site = Site(tmp_path, {"REDIS_URL": redis_url})
    site.manage("migrate", "--verbosity", "0")
    made = MADE.format(first=random.randrange(10**6, 10**9), limit=LIMIT)
    keys = site.manage("shell", "--no-imports", "-c", made).split()[-2:]
    with serving(site, "--workers", "2", app="bench.stub_wsgi:application") as url:
        for key in keys:
            statuses, ends = answers(url, key)
            if max(ends) - min(ends) < 30:  # otherwise a minute began meanwhile: once more, with the other tenant
                break
    assert statuses == {200: LIMIT, 429: ASKED - LIMIT}
