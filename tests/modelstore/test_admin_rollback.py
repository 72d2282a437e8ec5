"""One button on a line's page: it names the release that will answer, and that one answers."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from modelstore.models import ModelLine, Release
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from tests.admin_moves import confirmed
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import active, head_file, no_proof
from tests.modelstore.test_admin import press_activate
from tests.modelstore.test_audit_trail import trail


@pytest.fixture
def line(published: Published) -> ModelLine:
    """TINY/ONE@2 answers; @1 did before."""
    for seed in (1, 2):
        activate(published(seed=seed), no_proof)
    return ModelLine.objects.get()


def page_of(client: Client, line: ModelLine) -> str:
    return client.get(reverse("admin:modelstore_modelline_change", args=[line.pk])).content.decode()


def press(client: Client, line: ModelLine, leaving: str = "2", reason: str = "") -> str:
    """The page after the button."""
    address = reverse("admin:modelstore_modelline_rollback", args=[line.pk])
    return client.post(address, {"leaving": leaving, "reason": reason}, follow=True).content.decode()


def person(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return user


def test_the_button_names_the_release_that_will_answer(admin_client: Client, line: ModelLine) -> None:
    assert "Roll back to TINY/ONE@1…" in page_of(admin_client, line)


def test_the_button_asks_first_and_the_question_names_both_releases(admin_client: Client, line: ModelLine) -> None:
    asked = admin_client.get(reverse("admin:modelstore_modelline_rollback", args=[line.pk])).content.decode()
    assert "TINY/ONE@1 answers in place of TINY/ONE@2" in asked
    assert 'name="leaving" value="2"' in asked


def test_pressed_that_release_answers(admin_client: Client, line: ModelLine) -> None:
    page = press(admin_client, line)
    assert "TINY/ONE@1 answers from the next request on, instead of TINY/ONE@2." in page
    assert active() == ["TINY/ONE@1"]


def test_who_pressed_it_and_why_is_on_the_page_of_the_line(admin_client: Client, line: ModelLine) -> None:
    page = press(admin_client, line, reason="misses <2 l> bottles")
    row = re.search(r"<tr>(?:(?!</tr>).)*activated again by a rollback.*?</tr>", page, re.DOTALL)
    assert row
    assert "admin" in row[0]
    assert "misses &lt;2 l&gt; bottles" in row[0]


def test_pressed_twice_it_does_not_return_to_what_was_withdrawn(admin_client: Client, line: ModelLine) -> None:
    press(admin_client, line)
    assert "Nothing was changed" in press(admin_client, line)
    assert active() == ["TINY/ONE@1"]


def test_an_earlier_release_that_is_damaged_is_refused_with_the_reason(
    admin_client: Client, line: ModelLine, store: ModelStore
) -> None:
    head_file(store, Release.objects.get(version=1)).unlink()
    assert "TINY/ONE@1 is refused" in press(admin_client, line)
    assert active() == ["TINY/ONE@2"]


def test_a_line_with_one_release_has_no_button(admin_client: Client, published: Published) -> None:
    activate(published(), no_proof)
    page = page_of(admin_client, ModelLine.objects.get())
    assert "there is none to roll back to" in page
    assert "rollback/" not in page


def test_a_line_on_which_nothing_is_active_says_so(admin_client: Client, published: Published) -> None:
    assert "No release of this line is active" in page_of(admin_client, published().line)


@pytest.mark.parametrize("leaving", ["", "7", "x", "9" * 40, "-1", "²"])
def test_a_version_that_is_none_is_not_found(admin_client: Client, line: ModelLine, leaving: str) -> None:
    press(admin_client, line, leaving)
    assert active() == ["TINY/ONE@2"]


def test_a_link_alone_rolls_nothing_back(admin_client: Client, line: ModelLine) -> None:
    admin_client.get(reverse("admin:modelstore_modelline_rollback", args=[line.pk]))
    assert active() == ["TINY/ONE@2"]


def test_a_form_of_another_site_rolls_nothing_back(line: ModelLine) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.create_superuser("boss"))
    press(careful, line)
    assert active() == ["TINY/ONE@2"]


def test_staff_who_may_only_look_see_no_button_and_cannot_press_it(client: Client, line: ModelLine) -> None:
    client.force_login(person("viewer", "view_modelline", "view_release"))
    assert "rollback/" not in page_of(client, line)
    press(client, line)
    assert active() == ["TINY/ONE@2"]


def test_activating_in_admin_tells_who_and_why(admin_client: Client, published: Published) -> None:
    confirmed(admin_client, "modelstore_release", "activate", [published().pk], reason="better on glass")
    assert trail()[-1] == "TINY/ONE@1 activated by admin: better on glass"


def test_a_draft_is_published_by_its_action(admin_client: Client, store: ModelStore, bundle: Bundle) -> None:
    release = publish(bundle(), draft=True)
    assert "TINY/ONE@1 is published" in confirmed(admin_client, "modelstore_release", "publish", [release.pk])
    assert trail()[-1] == "TINY/ONE@1 published by admin"


def test_a_draft_is_not_activated_by_the_action(admin_client: Client, store: ModelStore, bundle: Bundle) -> None:
    assert "is a draft. Publish it first" in press_activate(admin_client, publish(bundle(), draft=True))
    assert active() == []


def test_a_release_shows_what_happened_to_it(admin_client: Client, line: ModelLine) -> None:
    release = line.releases.get(version=1)
    page = admin_client.get(reverse("admin:modelstore_release_change", args=[release.pk])).content.decode()
    assert "TINY/ONE@2 took its place." in page
