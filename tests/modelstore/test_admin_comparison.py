"""Two releases of a brand side by side."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from modelstore.evaluation.page.pictures import kept_photo
from modelstore.evaluation.released import forget
from modelstore.models import Evaluation, Release
from modelstore.photo_store import photo_store
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.evaluation.reports import carried, jpeg, report
from tests.modelstore.test_activation import no_proof
from tests.modelstore.test_admin import RELEASES
from tests.modelstore.test_admin_rollback import person

COMPARE = reverse("admin:modelstore_release_compare")
SOUND, POOR = ([(0, 0)] * (40 - wrong) + [(0, 1)] * wrong for wrong in (0, 12))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    forget()
    kept_photo.cache_clear()


@pytest.fixture
def two(store: ModelStore, bundle: Bundle) -> list[Release]:
    """TINY/ONE@1, sound, and @2, poor."""
    return [publish(carried(bundle(seed=seed), report(said))) for seed, said in enumerate((SOUND, POOR))]


def press(client: Client, *chosen: Release) -> Any:
    form = {"action": "compare_selected", "_selected_action": [str(release.pk) for release in chosen]}
    return client.post(RELEASES, form, follow=True)


def compare(client: Client, one: object, other: object) -> str:
    return client.get(COMPARE, {"one": one, "other": other}, follow=True).content.decode()


def test_two_that_are_chosen_are_compared(admin_client: Client, two: list[Release]) -> None:
    page = press(admin_client, *two).content.decode()
    assert "On these, TINY/ONE@2 is worse in top-1" in page
    assert page.count("<svg") >= 2


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_is_refused(admin_client: Client, published: Published, count: int) -> None:
    page = press(admin_client, *(published(seed=seed) for seed in range(count))).content.decode()
    assert "Choose two releases of one category and brand to compare." in page


def test_the_earlier_comes_first(admin_client: Client, two: list[Release]) -> None:
    first, second = two
    assert press(admin_client, second, first).request["QUERY_STRING"] == f"one={first.pk}&other={second.pk}"


def test_the_active_one_comes_first(admin_client: Client, two: list[Release]) -> None:
    first, second = two
    activate(second, no_proof)
    assert press(admin_client, first, second).request["QUERY_STRING"] == f"one={second.pk}&other={first.pk}"


def test_a_release_is_compared_with_the_active_one_from_its_page(admin_client: Client, two: list[Release]) -> None:
    first, second = two
    activate(first, no_proof)
    pages = [
        admin_client.get(reverse("admin:modelstore_release_change", args=[release.pk])).content.decode()
        for release in two
    ]
    link = f'href="{COMPARE}?one={first.pk}&amp;other={second.pk}">Compare with TINY/ONE@1<'
    assert [link in page for page in pages] == [False, True]


def test_releases_of_two_brands_are_not_compared(admin_client: Client, published: Published) -> None:
    one, other = published("ONE"), published("TWO")
    assert "Choose two releases of one category and brand" in compare(admin_client, one.pk, other.pk)


@pytest.mark.parametrize("number", ["", "0", "x", "-1", "99999", "9" * 30, "٣"])
def test_what_is_no_release_is_refused(admin_client: Client, two: list[Release], number: str) -> None:
    assert "Choose two releases" in compare(admin_client, two[0].pk, number)


def test_a_release_is_not_compared_with_itself(admin_client: Client, two: list[Release]) -> None:
    assert "Choose two releases" in compare(admin_client, two[0].pk, two[0].pk)


def test_one_without_a_report_says_so(admin_client: Client, two: list[Release], published: Published) -> None:
    bare = published(seed=7)
    page = compare(admin_client, two[0].pk, bare.pk)
    assert "TINY/ONE@1 and TINY/ONE@3 cannot be compared. TINY/ONE@3 carries no report" in page


def test_photos_that_are_kept_show_what_was_lost(admin_client: Client, store: ModelStore, bundle: Bundle) -> None:
    digest = photo_store().write(jpeg(size=(600, 400)))
    told = [report(said) for said in ([(0, 0)] * 2, [(0, 1)] * 2)]
    releases = [
        publish(carried(bundle(seed=seed), replace(one, answers=replace(one.answers, photos=(digest, "0" * 64)))))
        for seed, one in enumerate(told)
    ]
    page = compare(admin_client, *(release.pk for release in releases))
    assert (page.count('width="128" height="85"'), page.count("no picture")) == (1, 1)


def test_photos_that_both_were_asked_about_later_count(admin_client: Client, store: ModelStore, bundle: Bundle) -> None:
    told = [report([(0, 0)] * 9, first=first) for first in (100, 200)]
    releases = [publish(carried(bundle(seed=seed), one)) for seed, one in enumerate(told)]
    for release, said in zip(releases, (SOUND, POOR), strict=True):
        later = store.write(report(said).dumps())
        Evaluation.objects.create(release=release, report=later, photos=40, who="ann")
    page = compare(admin_client, *(release.pk for release in releases))
    assert "Both were asked about 40 products on 40 photos. On these, TINY/ONE@2 is worse" in page


def test_another_detector_is_told(admin_client: Client, two: list[Release]) -> None:
    first, second = two
    assert "different detectors" not in compare(admin_client, first.pk, second.pk)
    weights = second.manifest.replace('"max_detections": 1000', '"max_detections": 999')
    Release.objects.filter(pk=second.pk).update(manifest=weights)
    assert "different detectors" in compare(admin_client, first.pk, second.pk)


def test_who_may_not_see_releases_compares_none(client: Client, two: list[Release]) -> None:
    client.force_login(person("visitor", "view_modelline"))
    assert client.get(COMPARE, {"one": two[0].pk, "other": two[1].pk}).status_code == 403


def test_view_release_is_enough(client: Client, two: list[Release]) -> None:
    client.force_login(person("viewer", "view_release"))
    assert "TINY/ONE@2 is worse in top-1" in press(client, *two).content.decode()
