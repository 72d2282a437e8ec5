"""Burst limits per key and per tenant."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from tenants import keys, throttling
from tenants.errors import BurstLimited
from tenants.models import ApiKey, Tenant

REQUEST = RequestFactory().get("/")


def count(key: ApiKey, times: int) -> None:
    for _ in range(times):
        throttling.count_request(REQUEST, key)


def limited(key: ApiKey, own: int | None, tenants: int | None) -> ApiKey:
    key.burst_limit_per_minute, key.tenant.burst_limit_per_minute = own, tenants
    return key


def test_a_key_may_send_as_many_requests_as_its_limit(key: ApiKey) -> None:
    count(limited(key, own=3, tenants=0), 3)


def test_a_key_is_refused_the_request_after_its_limit(key: ApiKey) -> None:
    with pytest.raises(BurstLimited):
        count(limited(key, own=3, tenants=0), 4)


def test_a_tenant_is_limited_over_all_its_keys(key: ApiKey) -> None:
    other, _ = keys.issue(key.tenant)
    count(limited(key, own=0, tenants=3), 2)
    with pytest.raises(BurstLimited):
        count(limited(other, own=0, tenants=3), 2)


def test_another_tenant_is_not_limited_with_it(key: ApiKey) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    count(limited(key, own=0, tenants=3), 3)
    count(limited(other, own=0, tenants=3), 3)


def test_what_a_key_is_refused_does_not_eat_into_its_tenants_limit(key: ApiKey) -> None:
    other, _ = keys.issue(key.tenant)
    with pytest.raises(BurstLimited):
        count(limited(key, own=1, tenants=3), 2)
    for _ in range(9):
        with pytest.raises(BurstLimited):
            count(key, 1)
    count(limited(other, own=0, tenants=3), 2)


def test_the_setting_is_the_limit_of_those_without_their_own(key: ApiKey, settings: Settings) -> None:
    settings.BURST_LIMIT_PER_MINUTE = 2
    with pytest.raises(BurstLimited):
        count(limited(key, own=None, tenants=0), 3)


def test_without_a_limit_the_cache_is_left_alone(key: ApiKey, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "nowhere.at.all"}}
    count(limited(key, own=0, tenants=0), 5)


def test_the_answer_says_how_many_seconds_to_wait(client: Client, key: ApiKey, text: str) -> None:
    ApiKey.objects.filter(pk=key.pk).update(burst_limit_per_minute=1)
    answers = [client.get("/api/v1/usage", headers={"X-API-Key": text}) for _ in range(2)]
    assert answers[1].status_code == 429
    assert 1 <= int(answers[1]["Retry-After"]) <= 61


def test_the_limit_holds_for_no_longer_than_it_says(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    from django_ratelimit import core

    with pytest.raises(BurstLimited) as caught:
        count(limited(key, own=1, tenants=0), 2)
    later = core.time.time() + caught.value.retry_after
    monkeypatch.setattr(core.time, "time", lambda: later)
    count(key, 1)


def test_counts_survive_a_thousand_other_counters(key: ApiKey) -> None:
    count(limited(key, own=1, tenants=0), 1)
    for number in range(1000):
        cache.set(f"other-{number}", 1)
    with pytest.raises(BurstLimited):
        count(key, 1)
