"""What tenants and keys insist on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from tenants import quota
from tenants.errors import KeyRefused
from tenants.models import ApiKey, Tenant

HERE = "192.0.2.7"


@pytest.mark.parametrize("move", ["suspend", "resume"])
def test_a_revoked_key_cannot_be_moved_again(key: ApiKey, move: str) -> None:
    stale = ApiKey.objects.get(pk=key.pk)
    key.revoke()
    assert getattr(stale, move)() is False


def test_saving_a_copy_loaded_before_the_key_was_revoked_does_not_bring_it_back(key: ApiKey) -> None:
    stale = ApiKey.objects.get(pk=key.pk)
    key.revoke()
    with pytest.raises(ValidationError, match="stays revoked"):
        stale.save()


def test_a_revoked_key_can_still_be_labelled(key: ApiKey) -> None:
    stale = ApiKey.objects.get(pk=key.pk)
    key.revoke()
    stale.label = "leaked in March"
    stale.save(update_fields=["label"])
    assert ApiKey.objects.get().state == "revoked"


def test_a_suspended_key_can_be_resumed(key: ApiKey) -> None:
    key.suspend()
    key.resume()
    key.check_usable(HERE)


def test_a_key_is_usable_until_the_moment_it_expires(key: ApiKey) -> None:
    key.expires_at = timezone.now()
    key.check_usable(HERE, key.expires_at - timedelta(microseconds=1))


def test_a_key_is_refused_from_the_moment_it_expires(key: ApiKey) -> None:
    key.expires_at = timezone.now()
    with pytest.raises(KeyRefused, match="expired"):
        key.check_usable(HERE, key.expires_at)


def test_a_slug_is_made_from_the_name(db: None) -> None:
    assert Tenant.objects.create(name="Carrefour Jordan").slug == "carrefour-jordan"


def test_a_name_that_is_taken_gets_a_numbered_slug(tenant: Tenant) -> None:
    assert Tenant.objects.create(name="ALPHA").slug == "alpha-2"


def test_a_name_in_another_script_gets_a_slug_all_the_same(db: None) -> None:
    assert Tenant.objects.create(name="شركة الأردن").slug == "tenant"


def test_a_tenant_with_usage_cannot_be_deleted(key: ApiKey) -> None:
    quota.reserve(key).settle()
    with pytest.raises(ProtectedError):
        key.tenant.delete()


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost:5173", "*"])
def test_origins_are_taken_as_browsers_send_them(origin: str) -> None:
    Tenant(name="A", allowed_origins=origin).full_clean(exclude=["slug"])


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/", "https://a.b/c", "ftp://a.b", "https://*"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="no origin"):
        Tenant(name="A", allowed_origins=origin).full_clean(exclude=["slug"])


def test_an_origin_that_merely_begins_like_a_listed_one_is_not_allowed(tenant: Tenant) -> None:
    tenant.allowed_origins = "https://shop.example"
    assert not tenant.allows_origin("https://shop.example.evil")


def test_a_preflight_passes_when_some_tenant_lists_the_origin(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(allowed_origins="https://a.example\nhttps://shop.example")
    assert Tenant.any_allows_origin("https://shop.example")


def test_a_part_of_a_listed_origin_does_not_pass_a_preflight(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(allowed_origins="https://shop.example:8443")
    assert not Tenant.any_allows_origin("https://shop.example")


@pytest.mark.parametrize(("own", "seconds"), [(None, 60), (5, 5), (60, 60), (90, 60)])
def test_a_tenants_own_timeout_only_lowers_that_of_the_service(own: float | None, seconds: float) -> None:
    assert Tenant(request_timeout=own).seconds_to_answer(60) == seconds


@pytest.mark.parametrize("own", [0, -1, 61])
def test_a_timeout_that_means_nothing_is_refused(own: float) -> None:
    with pytest.raises(ValidationError, match="request_timeout"):
        Tenant(name="Alpha", slug="alpha", request_timeout=own).clean_fields()
