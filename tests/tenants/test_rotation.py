"""One key takes another's place, and both work for a while."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tenants import keys, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Tenant
from tenants.rotation import GRACE, KEPT, rotate

OF_ITS_OWN = {
    "id",
    "key_id",
    "digest",
    "pepper_version",
    "state",
    "replaced_by",
    "first_of_line",
    "last_used_at",
    "last_used_from",
    "test_day",
    "test_used",
}


def code(client: Client, text: str) -> tuple[int, str | None]:
    answer = client.get("/api/v1/usage", headers={"X-API-Key": text})
    return answer.status_code, answer.json().get("code")


def test_the_new_key_works_at_once(client: Client, key: ApiKey) -> None:
    assert code(client, rotate(key)[1]) == (200, None)


def test_the_old_key_works_within_its_grace(client: Client, key: ApiKey, text: str) -> None:
    rotate(key, timedelta(seconds=60))
    assert code(client, text) == (200, None)


def test_past_its_grace_the_old_key_is_told_that_it_was_replaced(client: Client, key: ApiKey, text: str) -> None:
    rotate(key, timedelta(0))
    assert code(client, text) == (403, "key_replaced")


def test_the_grace_is_seven_days_unless_changed(key: ApiKey) -> None:
    now = timezone.now()
    rotate(key, now=now)
    assert ApiKey.objects.get(pk=key.pk).expires_at == now + timedelta(days=7) == now + GRACE


def test_a_key_that_expires_within_its_grace_still_does(key: ApiKey) -> None:
    key.expires_at = timezone.now() + timedelta(hours=1)
    key.save()
    rotate(key)
    assert ApiKey.objects.get(pk=key.pk).expires_at == key.expires_at


def test_the_new_key_may_do_what_the_old_one_may(key: ApiKey) -> None:
    key.scopes, key.allowed_networks, key.burst_limit_per_minute = ["predict"], "203.0.113.0/24", 7
    key.save()
    new = ApiKey.objects.get(pk=rotate(key)[0].pk)
    assert [getattr(new, name) for name in KEPT] == [getattr(key, name) for name in KEPT]


def test_whatever_else_a_key_has_was_thought_of() -> None:
    """A field that is added to keys is kept by a rotation, or named here."""
    fields = {field.name for field in ApiKey._meta.concrete_fields}
    assert fields - set(KEPT) - OF_ITS_OWN == {"created_at"}


@pytest.fixture
def rotated_trial(tenant: Tenant, settings: Settings) -> tuple[ApiKey, ApiKey]:
    """A test key that has used one of two requests of today, and the key that took its place."""
    settings.TEST_KEY_REQUESTS_PER_DAY = 2
    old, _ = keys.issue(tenant, is_test=True)
    quota.reserve(old).settle()
    return old, rotate(old)[0]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (0, 0), (1, 1)])
def test_a_rotated_test_key_and_the_new_one_share_what_is_left_of_their_day(
    rotated_trial: tuple[ApiKey, ApiKey], first: int, second: int
) -> None:
    quota.reserve(rotated_trial[first]).settle()
    with pytest.raises(QuotaExhausted):
        quota.reserve(rotated_trial[second])


def test_a_new_test_key_whose_day_is_used_up_is_refused_before_the_work(rotated_trial: tuple[ApiKey, ApiKey]) -> None:
    quota.reserve(rotated_trial[0]).settle()
    with pytest.raises(QuotaExhausted):
        quota.check_not_exhausted(ApiKey.objects.get(pk=rotated_trial[1].pk))


def test_what_the_new_test_key_gives_back_is_free_for_both(rotated_trial: tuple[ApiKey, ApiKey]) -> None:
    quota.reserve(rotated_trial[1]).release()
    assert quota.reserve(rotated_trial[0])


def test_a_key_is_rotated_once(key: ApiKey) -> None:
    rotate(key)
    with pytest.raises(ValidationError, match="rotated before"):
        rotate(key)


@pytest.mark.parametrize("move", ["suspend", "revoke"])
def test_a_key_that_does_not_work_is_not_rotated(key: ApiKey, move: str) -> None:
    getattr(key, move)()
    with pytest.raises(ValidationError, match="Only an active key"):
        rotate(key)


def test_an_expired_key_is_not_rotated(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    with pytest.raises(ValidationError, match="has expired"):
        rotate(key)


def test_a_rotation_that_is_refused_leaves_no_key_behind(key: ApiKey) -> None:
    key.suspend()
    with pytest.raises(ValidationError):
        rotate(key)
    assert ApiKey.objects.count() == 1


def test_a_revoked_old_key_is_dead_within_its_grace(client: Client, key: ApiKey, text: str) -> None:
    rotate(key)
    ApiKey.objects.get(pk=key.pk).revoke()
    assert code(client, text) == (403, "key_revoked")


def test_a_new_key_can_be_rotated_in_its_turn(client: Client, key: ApiKey) -> None:
    assert keys.prove(rotate(rotate(key)[0])[1]).state == "active"
