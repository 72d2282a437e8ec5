"""The sidebar and the search show what whoever is logged in may see, and nothing else."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tenants.models import Tenant

SEARCH = "/admin/search/?extended=1&s="


@pytest.fixture
def viewer(client: Client, db: None) -> Client:
    """May look at tenants, and at nothing else."""
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_tenant"))
    client.force_login(user)
    return client


def test_the_sidebar_leads_to_every_list(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    lists = ("tenants/tenant", "tenants/apikey", "modelstore/modelline", "modelstore/detector", "auth/user")
    assert [address for address in lists if f'href="/admin/{address}/"' not in page] == []


def test_the_sidebar_leads_to_no_list_that_one_may_not_see(viewer: Client) -> None:
    page = viewer.get("/admin/").content.decode()
    assert 'href="/admin/tenants/tenant/"' in page
    assert 'href="/admin/tenants/apikey/"' not in page
    assert 'href="/admin/auth/user/"' not in page


def test_the_search_finds_a_tenant_by_a_part_of_its_name(viewer: Client) -> None:
    Tenant.objects.create(name="Alpha Foods")
    assert "Alpha Foods" in viewer.get(f"{SEARCH}pha+fo").content.decode()


def test_the_search_finds_nothing_in_lists_that_one_may_not_see(viewer: Client) -> None:
    User.objects.create_user("hidden-person")
    assert "hidden-person" not in viewer.get(f"{SEARCH}hidden").content.decode()


def test_the_search_finds_people_for_those_who_may_see_them(admin_client: Client) -> None:
    User.objects.create_user("hidden-person")
    assert "hidden-person" in admin_client.get(f"{SEARCH}hidden").content.decode()
