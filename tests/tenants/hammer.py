"""A process that asks for units as a server process would: `python -m tests.tenants.hammer KEY MODE ...`.

Prints one line of JSON. The tests start several of these at once and kill some of them.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import django

django.setup()

from django.db import close_old_connections, connection  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from tenants import answers, keys, quota  # noqa: E402
from tenants.errors import AnswerInProgress, QuotaExhausted  # noqa: E402
from tenants.models import ApiKey, Tenant  # noqa: E402


def attempt(key: ApiKey, failing: float) -> str:
    """One request; a share of `failing` of them ends in a 503 and is to be repeated."""
    close_old_connections()  # as at the start of a request: threads may outnumber pooled connections
    try:
        ticket = quota.reserve(key)
    except QuotaExhausted:
        return "refused"
    if random.random() < failing:
        ticket.release()
        return "failed"
    ticket.settle()
    return "granted"


def fire(text: str, threads: int, attempts: int, failing: float) -> dict[str, int]:
    """Every thread proves the key for itself and repeats what failed."""
    start = threading.Barrier(threads)

    def work(number: int) -> Counter[str]:
        key = keys.prove(text)
        close_old_connections()
        start.wait()
        outcomes: Counter[str] = Counter()
        for _ in range(attempts):
            outcome = attempt(key, failing)
            while outcome == "failed":
                outcomes["failed"] += 1
                outcome = attempt(key, failing)
            outcomes[outcome] += 1
        connection.close()
        return outcomes

    with ThreadPoolExecutor(threads) as pool:
        return dict(sum(pool.map(work, range(threads)), Counter()))


def repeat(text: str, threads: int, names: int, failing: float) -> dict[str, int]:
    """Every thread sends the same named requests until each is answered; a share of `failing` of the attempts fails
    or, as often, takes longer than its lease. How many were computed and answered here."""

    def work(number: int) -> int:
        key = keys.prove(text)
        answered = 0
        for name in random.sample(range(names), names):
            while (outcome := named_attempt(key, f"request {name}", failing)) == "again":
                time.sleep(0.002)
            answered += outcome == "answered"
        connection.close()
        return answered

    with override_settings(RESERVATION_LEASE=0.1), ThreadPoolExecutor(threads) as pool:
        return {"answered": sum(pool.map(work, range(threads)))}


def named_attempt(key: ApiKey, name: str, failing: float) -> str:
    close_old_connections()
    try:
        found = answers.claim(key, name, "asked", timezone.now())
    except AnswerInProgress:
        return "again"
    if isinstance(found, answers.Answer):
        assert found.body == name.encode()
        return "replayed"
    ticket = quota.reserve(key)
    luck = random.random()
    if luck < failing / 2:
        ticket.release()
        answers.drop(found)
        return "again"
    if luck < failing:
        time.sleep(0.15)
    answer = answers.Answer(200, {}, {}, name.encode())
    try:
        ticket.settle(lambda: answers.keep(found, answer))
    except AnswerInProgress:
        ticket.release()
        return "again"
    return "answered"


def duels(text: str, rounds: int) -> dict[str, int]:
    """Two threads race for the last unit, over and over; how often exactly one of them got it."""
    tenant = keys.prove(text).tenant
    exact = 0
    for _ in range(rounds):
        Tenant.objects.filter(pk=tenant.pk).update(monthly_quota=quota.usage_of(tenant).used + 1)
        exact += fire(text, threads=2, attempts=1, failing=0).get("granted", 0) == 1
    return {"exact": exact}


def hold(text: str, lease: float) -> None:
    """Reserves a unit, says so, and never finishes: to be killed."""
    with override_settings(RESERVATION_LEASE=lease):
        quota.reserve(keys.prove(text))
    print(json.dumps({"held_at": datetime.now(UTC).timestamp()}), flush=True)
    threading.Event().wait()


def usage(text: str) -> dict[str, int]:
    """What the tables say, rows and counters both."""
    tenant = keys.prove(text).tenant
    now = quota.usage_of(tenant)
    rows = sum(month.reservations.count() for month in tenant.usage_months.all())
    counted = sum(month.in_flight for month in tenant.usage_months.all())
    taken = sum(sum(month.by_key.values()) for month in tenant.usage_months.all())
    return {"used": now.used, "remaining": now.remaining, "rows": rows, "in_flight": counted, "by_key": taken}


if __name__ == "__main__":
    key_text, mode, *numbers = sys.argv[1:]
    modes = {
        "fire": (fire, (int, int, float)),
        "duels": (duels, (int,)),
        "repeat": (repeat, (int, int, float)),
        "hold": (hold, (float,)),
        "usage": (usage, ()),
    }
    function, kinds = modes[mode]
    print(json.dumps(function(key_text, *(kind(number) for kind, number in zip(kinds, numbers, strict=True)))))
