"""Staff start a canary on the page of a line, stop it there, and see how the candidate differs."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from modelstore import canaries
from modelstore.models import Canary, ModelLine, Release
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import head_file, no_proof
from tests.modelstore.test_admin_rollback import page_of, person
from tests.modelstore.test_audit_trail import trail
from tests.modelstore.test_canaries import SEEN, release
from tests.tiny_release import SKUS


def press_start(client: Client, line: ModelLine, version: int = 3, share: str = "10", reason: str = "") -> str:
    """The page after the button."""
    address = reverse("admin:modelstore_modelline_start_canary", args=[line.pk])
    form = {"candidate": release(version).pk, "share": share, "reason": reason}
    return client.post(address, form, follow=True).content.decode()


def press_stop(client: Client, canary: Canary, reason: str = "") -> str:
    address = reverse("admin:modelstore_modelline_stop_canary", args=[canary.line_id, canary.pk])
    return client.post(address, {"reason": reason}, follow=True).content.decode()


def running() -> list[str]:
    return [str(canary) for canary in Canary.objects.filter(ended_at=None)]


def rows_of(page: str, table: str) -> list[list[str]]:
    """The text of every cell."""
    body = page[page.index(f'id="{table}"') :].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"(<[^>]+>|\s)+", " ", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def figure(page: str, name: str) -> str:
    rows = {row[0]: row[1] for row in rows_of(page, "canary-figures")}
    return rows[name]


def test_the_other_releases_are_offered_and_drafts_are_not(
    admin_client: Client, line: ModelLine, bundle: Bundle
) -> None:
    publish(bundle(seed=4), draft=True)
    offered = re.findall(r"<option[^>]*>([^<]*)</option>", page_of(admin_client, line))
    assert offered == ["TINY/ONE@3 (published)", "TINY/ONE@1 (retired)"]


def test_a_canary_is_started_by_its_button(admin_client: Client, line: ModelLine) -> None:
    page = press_start(admin_client, line, reason="new <caps>")
    assert "From the next request on, TINY/ONE@3 reads 10 % of what TINY/ONE@2 answers." in page
    assert running() == ["TINY/ONE@3 reads 10 % of what TINY/ONE@2 answers"]
    assert trail()[-1] == "TINY/ONE@3 canary by admin: 10 % of what TINY/ONE@2 answers. new <caps>"
    assert "new &lt;caps&gt;" in page


@pytest.mark.parametrize("share", ["", "x", "-1", "101", "9" * 400, "1.5", "1\0"])
def test_a_share_that_is_none_is_refused_with_a_sentence(admin_client: Client, line: ModelLine, share: str) -> None:
    assert "No canary was started." in press_start(admin_client, line, share=share)
    assert running() == []


def test_the_active_release_cannot_be_chosen(admin_client: Client, line: ModelLine) -> None:
    assert "not one of the available choices" in press_start(admin_client, line, version=2)


def test_a_release_of_another_line_cannot_be_chosen(
    admin_client: Client, line: ModelLine, published: Published
) -> None:
    address = reverse("admin:modelstore_modelline_start_canary", args=[line.pk])
    form = {"candidate": published("TWO").pk, "share": "10"}
    assert "not one of the available choices" in admin_client.post(address, form, follow=True).content.decode()


def test_a_damaged_candidate_is_refused_with_the_reason(
    admin_client: Client, line: ModelLine, store: ModelStore
) -> None:
    head_file(store, release(3)).unlink()
    assert "TINY/ONE@3 is refused" in press_start(admin_client, line)
    assert running() == []


def test_the_share_is_changed_on_the_same_page(admin_client: Client, canary: Canary) -> None:
    assert "Set the share</button>" in page_of(admin_client, canary.line)
    press_start(admin_client, canary.line, share="55")
    assert running() == ["TINY/ONE@3 reads 55 % of what TINY/ONE@2 answers"]


def test_a_running_canary_is_stopped_by_its_button(admin_client: Client, canary: Canary) -> None:
    page = page_of(admin_client, canary.line)
    address = reverse("admin:modelstore_modelline_stop_canary", args=[canary.line_id, canary.pk])
    assert address in page
    assert "Stop the canary TINY/ONE@3?" in admin_client.get(address).content.decode()
    assert "TINY/ONE@3 is a canary no more." in press_stop(admin_client, canary, "enough")
    assert running() == []
    assert trail()[-1].endswith("0 photos compared. enough")


def test_the_button_of_a_page_that_is_old_stops_no_other_canary(admin_client: Client, canary: Canary) -> None:
    canaries.stop(canary.line)
    canaries.start(release(1), 10, no_proof)
    assert "Nothing was stopped: TINY/ONE@3 is no canary" in press_stop(admin_client, canary)
    assert running() == ["TINY/ONE@1 reads 10 % of what TINY/ONE@2 answers"]


def test_a_paused_canary_says_why(admin_client: Client, canary: Canary) -> None:
    canaries.pause(canary.pk, "File <x> is damaged.", refused=True)
    assert "Paused: File &lt;x&gt; is damaged." in page_of(admin_client, canary.line)


@pytest.fixture
def compared(canary: Canary) -> Canary:
    for _ in range(20):
        canaries.keep(canary.pk, SEEN)
    canaries.note_dropped({canary.pk: 7})
    return canary


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Photos compared", "20, the last at"),
        ("Photos dropped", "7: requests came first"),
        ("Same SKU", "66.7 % (95 % interval "),
        ("Same SKU", "of 180 facings that both found and at least one named"),
        ("Other SKU", "20 facings"),
        ("Found by one only", "0 by the active release, 20 by the candidate"),
        ("Share of shelf", "12.5 points"),
        ("Milliseconds a photo (median)", "40 active, 50 candidate"),
    ],
)
def test_the_page_tells_how_the_two_differ(admin_client: Client, compared: Canary, name: str, words: str) -> None:
    assert words in figure(page_of(admin_client, compared.line), name)


def test_the_page_names_the_skus_that_differ(admin_client: Client, compared: Canary) -> None:
    _, *rows = rows_of(page_of(admin_client, compared.line), "canary-differences")
    assert [SKUS[0], SKUS[1], "20"] in rows
    assert [SKUS[0], "unknown", "20"] in rows
    assert ["not found", SKUS[0], "20"] in rows


def test_what_it_saw_stays_after_it_was_stopped(admin_client: Client, compared: Canary) -> None:
    assert "66.7 %" in figure(press_stop(admin_client, compared), "Same SKU")


def test_before_the_first_photo_the_page_says_so(admin_client: Client, canary: Canary) -> None:
    canaries.note_failure(canary.pk, "NaN & more")
    page = page_of(admin_client, canary.line)
    assert "No photo has been compared yet" in page
    assert "1 failed, the last with “NaN &amp; more”" in page


def test_a_line_with_one_release_has_nothing_to_try(admin_client: Client, published: Published) -> None:
    activate(published(), no_proof)
    assert "no other published or retired release" in page_of(admin_client, ModelLine.objects.get())


def test_a_page_costs_the_same_number_of_queries_however_much_was_seen(
    admin_client: Client, compared: Canary, django_assert_max_num_queries: Any
) -> None:
    page_of(admin_client, compared.line)  # manifests are read once per process
    with django_assert_max_num_queries(12):
        page_of(admin_client, compared.line)


def test_staff_who_may_only_look_see_the_figures_and_no_button(client: Client, compared: Canary) -> None:
    client.force_login(person("viewer", "view_modelline", "view_release"))
    page = page_of(client, compared.line)
    assert "66.7 %" in figure(page, "Same SKU")
    assert "/canary/" not in page


def test_staff_who_may_only_look_can_neither_start_nor_stop(client: Client, canary: Canary) -> None:
    client.force_login(person("viewer", "view_modelline", "view_release"))
    press_stop(client, canary)
    press_start(client, canary.line, share="100")
    assert running() == ["TINY/ONE@3 reads 10 % of what TINY/ONE@2 answers"]


def test_a_link_alone_neither_starts_nor_stops(admin_client: Client, canary: Canary) -> None:
    admin_client.get(reverse("admin:modelstore_modelline_stop_canary", args=[canary.line_id, canary.pk]))
    admin_client.get(reverse("admin:modelstore_modelline_start_canary", args=[canary.line_id]))
    assert running() == ["TINY/ONE@3 reads 10 % of what TINY/ONE@2 answers"]


def test_a_form_of_another_site_stops_nothing(canary: Canary) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.create_superuser("boss"))
    press_stop(careful, canary)
    assert len(running()) == 1


def test_a_canary_of_another_line_is_not_found(admin_client: Client, canary: Canary, published: Published) -> None:
    other = Release.objects.get(pk=published("TWO").pk).line
    address = reverse("admin:modelstore_modelline_stop_canary", args=[other.pk, canary.pk])
    assert admin_client.post(address).status_code == 404
    assert len(running()) == 1
