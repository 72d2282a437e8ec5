"""Pinned to a release, a tenant or key is answered by it whatever is active, and sees no line more than before."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from modelstore.catalogue import answering_releases, model_set_for
from modelstore.errors import ModelNotFound
from modelstore.models import Release
from modelstore.publishing import activate, publish
from tenants import keys
from tenants.models import ApiKey, Pin, Tenant
from tenants.pins import pinned_releases
from tests import tiny_release
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import no_proof
from tests.tenants.admin_forms import key_form, no_rows


@pytest.fixture
def releases(published: Published) -> list[Release]:
    """Three of TINY/ONE, of which the last is active."""
    made = [published(seed=seed) for seed in (1, 2, 3)]
    for release in made:
        activate(release, no_proof)
    return made


def answering(text: str, brand: str = "ONE") -> str:
    """The release that answers a request with this key."""
    proven = keys.prove(text)
    return model_set_for(proven.tenant, "tiny", brand, pinned_releases(proven)).name


def test_without_a_pin_the_active_release_answers(text: str, releases: list[Release]) -> None:
    assert answering(text) == "TINY/ONE@3"


def test_a_pinned_tenant_is_answered_by_its_retired_release(text: str, key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(tenant=key.tenant, release=releases[0])
    assert answering(text) == "TINY/ONE@1"


def test_the_pin_of_a_key_wins_over_that_of_its_tenant(text: str, key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(tenant=key.tenant, release=releases[0])
    Pin.objects.create(key=key, release=releases[1])
    assert answering(text) == "TINY/ONE@2"


def test_another_key_of_the_tenant_keeps_the_active_release(key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(key=key, release=releases[1])
    assert answering(keys.issue(key.tenant)[1]) == "TINY/ONE@3"


def test_another_tenant_keeps_the_active_release(key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(tenant=key.tenant, release=releases[0])
    other = Tenant.objects.create(name="Beta", monthly_quota=10)
    assert answering(keys.issue(other)[1]) == "TINY/ONE@3"


def test_a_release_that_was_never_active_can_be_tried_by_one_key(
    text: str,
    key: ApiKey,
    releases: list[Release],
    published: Published,
) -> None:
    Pin.objects.create(key=key, release=published(seed=4))
    assert answering(text) == "TINY/ONE@4"


def test_other_lines_are_answered_as_before(
    text: str,
    key: ApiKey,
    releases: list[Release],
    published: Published,
) -> None:
    activate(published("TWO"), no_proof)
    Pin.objects.create(tenant=key.tenant, release=releases[0])
    assert answering(text, "TWO") == "TINY/TWO@1"


def test_a_pin_opens_no_line_that_the_tenant_may_not_use(text: str, key: ApiKey, releases: list[Release]) -> None:
    Tenant.objects.update(restrict_models=True)
    Pin.objects.create(key=key, release=releases[0])
    with pytest.raises(ModelNotFound):
        answering(text)


def test_a_draft_answers_nobody_even_pinned(
    text: str,
    key: ApiKey,
    releases: list[Release],
    bundle: Bundle,
) -> None:
    Pin.objects.create(key=key, release=publish(bundle(seed=4), draft=True))
    assert answering(text) == "TINY/ONE@3"


def test_the_models_of_a_key_are_those_that_answer_it(text: str, key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(key=key, release=releases[0])
    proven = keys.prove(text)
    assert [str(release) for release in answering_releases(proven.tenant, pinned_releases(proven))] == ["TINY/ONE@1"]


@pytest.mark.parametrize(("pinned", "queries"), [(False, 2), (True, 3)])
def test_what_is_not_pinned_costs_no_query_more(
    text: str,
    key: ApiKey,
    releases: list[Release],
    django_assert_num_queries: Any,
    pinned: bool,
    queries: int,
) -> None:
    if pinned:
        Pin.objects.create(key=key, release=releases[2])
    answering(text)  # the manifest is read once per process
    with django_assert_num_queries(queries):
        answering(text)


def test_one_line_has_one_pin(key: ApiKey, releases: list[Release]) -> None:
    Pin.objects.create(key=key, release=releases[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(key=key, release=releases[1])


def test_the_doctor_examines_a_pinned_release_as_well(
    key: ApiKey, releases: list[Release], capsys: pytest.CaptureFixture[str]
) -> None:
    Pin.objects.create(key=key, release=releases[0])
    Pin.objects.create(tenant=key.tenant, release=releases[2])
    call_command("check_models", "--json")
    examined = json.loads(capsys.readouterr().out)["models"]
    assert sorted(row["release"] for row in examined) == ["TINY/ONE@1", "TINY/ONE@3"]


# --- in admin


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


def pin_in_admin(client: Client, key: ApiKey, *chosen: Release) -> str:
    """The page after the form of a key was saved with these pins."""
    rows = {f"pins-{number}-release": release.pk for number, release in enumerate(chosen)}
    form = key_form(key.tenant) | no_rows("pins") | rows | {"pins-TOTAL_FORMS": len(chosen)}
    return client.post(reverse("admin:tenants_apikey_change", args=[key.pk]), form, follow=True).content.decode()


def test_staff_pin_a_key_on_its_page(staff: Client, text: str, key: ApiKey, releases: list[Release]) -> None:
    pin_in_admin(staff, key, releases[1])
    assert answering(text) == "TINY/ONE@2"


def test_two_pins_to_one_line_are_refused_with_a_sentence(staff: Client, key: ApiKey, releases: list[Release]) -> None:
    assert "Keep one of them" in pin_in_admin(staff, key, releases[0], releases[1])
    assert not Pin.objects.exists()


def test_a_draft_cannot_be_chosen(staff: Client, key: ApiKey, releases: list[Release], bundle: Bundle) -> None:
    assert "not one of the available choices" in pin_in_admin(staff, key, publish(bundle(seed=4), draft=True))


def test_a_classifier_of_whole_pictures_cannot_be_pinned(
    staff: Client, key: ApiKey, releases: list[Release], tmp_path: Path
) -> None:
    tiny_release.write_classifier(tmp_path / "damage", "damage")
    assert "a request names the version it means" in pin_in_admin(staff, key, publish(tmp_path / "damage"))
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("one", {"TINY/ONE@1", "TINY/ONE@2", "TINY/ONE@3"}),
        (" tiny/one@2 ", {"TINY/ONE@2"}),
        ("TINY/ONE@4", set()),
        ("nothing", set()),
    ],
)
def test_releases_are_offered_by_name_and_drafts_are_not(
    staff: Client, releases: list[Release], bundle: Bundle, term: str, names: set[str]
) -> None:
    publish(bundle(seed=4), draft=True)
    asked = {"app_label": "tenants", "model_name": "pin", "field_name": "release", "term": term}
    offered = staff.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert {entry["text"] for entry in offered} == names
