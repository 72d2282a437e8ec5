"""One key takes another's place, and both work for a while."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tenants import keys
from tenants.models import ApiKey
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
