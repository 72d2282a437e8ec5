"""Staff see releases, activate them, and type nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modelstore.models import ModelLine, Release
from modelstore.publishing import activate
from modelstore.store import ModelStore
from tests.admin_moves import confirmed
from tests.modelstore.conftest import Published
from tests.modelstore.test_activation import active, head_file, no_proof

RELEASES = reverse("admin:modelstore_release_changelist")


@pytest.fixture
def staff(admin_client: Client) -> Client:
    return admin_client


def press_activate(client: Client, release: Release, reason: str = "") -> str:
    """The page after the action."""
    return confirmed(client, "modelstore_release", "activate", [release.pk], reason=reason)


def test_releases_are_listed_with_their_status(staff: Client, published: Published) -> None:
    activate(published(), no_proof)
    page = staff.get(RELEASES).content.decode()
    assert "TINY/ONE@1" in page
    assert "active" in page


def test_a_line_shows_its_releases_and_which_is_active(staff: Client, published: Published) -> None:
    activate(published(seed=1), no_proof)
    published(seed=2)
    line = ModelLine.objects.get()
    page = staff.get(reverse("admin:modelstore_modelline_change", args=[line.pk])).content.decode()
    assert "TINY/ONE@1" in page
    assert "TINY/ONE@2" in page


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("model", ["release", "modelline"])
def test_a_list_costs_the_same_number_of_queries_however_long_it_is(
    staff: Client, published: Published, django_assert_max_num_queries: Any, model: str, count: int
) -> None:
    for number in range(count):
        activate(published(f"BRAND {number}"), no_proof)
    with django_assert_max_num_queries(8):
        page = staff.get(reverse(f"admin:modelstore_{model}_changelist")).content.decode()
    assert f"BRAND {count - 1}" in page


def test_a_line_leaves_the_manifests_where_they_are(staff: Client, published: Published) -> None:
    line = published().line
    with CaptureQueriesContext(connection) as captured:
        staff.get(reverse("admin:modelstore_modelline_change", args=[line.pk]))
    assert [query["sql"] for query in captured if '"manifest"' in query["sql"]] == []


def test_a_release_is_activated_by_its_action(staff: Client, published: Published) -> None:
    page = press_activate(staff, published())
    assert "TINY/ONE@1 answers from the next request on." in page
    assert active() == ["TINY/ONE@1"]


def test_the_one_before_is_activated_again_by_the_same_action(staff: Client, published: Published) -> None:
    first, second = published(seed=1), published(seed=2)
    activate(first, no_proof)
    activate(second, no_proof)
    press_activate(staff, first, "better after all")
    assert active() == ["TINY/ONE@1"]


def test_a_refused_release_says_why(staff: Client, published: Published, store: ModelStore) -> None:
    release = published()
    head_file(store, release).unlink()
    assert "TINY/ONE@1 is refused" in press_activate(staff, release)
    assert active() == []


@pytest.mark.parametrize("model", ["release", "modelline"])
def test_nothing_can_be_added(staff: Client, model: str) -> None:
    assert staff.get(reverse(f"admin:modelstore_{model}_add")).status_code == 403


def test_nothing_can_be_changed(staff: Client, published: Published) -> None:
    release = published()
    address = reverse("admin:modelstore_release_change", args=[release.pk])
    assert staff.post(address, {"version": "9", "status": "active"}).status_code == 403
    assert 'name="version"' not in staff.get(address).content.decode()


def test_nothing_can_be_deleted(staff: Client, published: Published) -> None:
    address = reverse("admin:modelstore_release_delete", args=[published().pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403


def test_staff_who_may_only_look_cannot_activate(client: Client, published: Published) -> None:
    release = published()
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_release"))
    client.force_login(viewer)
    assert "activate_selected" not in client.get(RELEASES).content.decode()
    press_activate(client, release)
    assert active() == []
