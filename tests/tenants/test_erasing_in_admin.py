"""A superuser erases a tenant on its page: asked first, and told in the audit trail."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tenants.models import ApiKey, Tenant


def test_admin_erases_when_the_slug_was_typed(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": filled[0].slug})
    assert not Tenant.objects.exists()


def test_the_audit_trail_tells_who_has_erased_it_and_not_what_it_was(
    filled: tuple[Tenant, ApiKey], staff: Client
) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": filled[0].slug})
    entry = LogEntry.objects.get(content_type__model="tenant", action=LogEntry.Action.DELETE)
    assert entry.additional_data == {"who": "staff", "did": "Erased, with everything stored about it."}
    assert entry.object_repr == f"number {filled[0].pk}"


def test_what_was_done_earlier_is_not_told_as_the_erasure(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    """Whoever made the tenant has not erased it."""
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": filled[0].slug})
    page = staff.get(reverse("admin:auditlog_logentry_changelist")).content.decode()
    assert page.count("Erased") == 1
    assert "Added" in page


@pytest.mark.parametrize("typed", ["", "alpha"])
def test_admin_asks_again_for_another_slug(filled: tuple[Tenant, ApiKey], staff: Client, typed: str) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": typed})
    assert Tenant.objects.get().is_active


def test_the_page_asks_first_and_offers_the_bills(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    page = staff.get(reverse("admin:tenants_tenant_erase", args=[filled[0].pk])).content.decode()
    assert f"{reverse('admin:tenants_usagemonth_export')}?tenant__id__exact={filled[0].pk}" in page
    assert Tenant.objects.exists()


def test_only_a_superuser_may_erase(filled: tuple[Tenant, ApiKey], client: Client) -> None:
    from django.contrib.auth.models import Permission

    user = User.objects.create_user("support", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    address = reverse("admin:tenants_tenant_erase", args=[filled[0].pk])
    assert client.post(address, {"slug": filled[0].slug}).status_code == 403
    assert "/erase/" not in client.get(reverse("admin:tenants_tenant_change", args=[filled[0].pk])).content.decode()
    assert Tenant.objects.exists()
