"""Staff see what a release is worth: in the list, on its page, and as files to keep."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inference.manifest import loads
from modelstore.admin import key_figures
from modelstore.evaluation.released import forget
from modelstore.evaluation.report import Learnt, Report
from modelstore.models import Evaluation, Release
from modelstore.publishing import publish
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published, stored_file
from tests.modelstore.evaluation.reports import carried, digest, jpeg, report
from tests.modelstore.test_admin import RELEASES
from tests.modelstore.test_admin_rollback import person

TOLD = report([(0, 0)] * 30 + [(0, 1)] * 10)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    forget()
    key_figures._known.clear()


@pytest.fixture
def judged(store: ModelStore, bundle: Bundle) -> Any:
    """Publishes TINY/ONE with that report."""
    return lambda told=TOLD, seed=0: publish(carried(bundle(seed=seed), told))


def page_of(client: Client, release: Release) -> str:
    return client.get(reverse("admin:modelstore_release_change", args=[release.pk])).content.decode()


def shown(release: Release) -> str:
    return reverse("admin:modelstore_release_report", args=[release.pk])


def file(release: Release, kind: str) -> str:
    return reverse("admin:modelstore_release_report_file", args=[release.pk, kind])


def cell(page: str, column: str) -> str:
    """Of the first row."""
    found = re.search(rf'<td class="field-{column}[^>]*>([^<]*)</td>', page)
    assert found
    return found[1].strip()


def test_the_list_shows_top1_and_coverage(admin_client: Client, judged: Any) -> None:
    judged()
    page = admin_client.get(RELEASES).content.decode()
    assert cell(page, "top1") == "75.0\u00a0%"
    assert cell(page, "coverage") != "-"


def test_the_list_reads_each_manifest_once(admin_client: Client, published: Published) -> None:
    for number in range(3):
        published(f"BRAND {number}")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(RELEASES)
        counts.append(sum('"manifest"' in query["sql"] for query in captured))
    assert counts == [1, 0]


@pytest.mark.parametrize("metrics", [{}, {"top1": "good"}, {"top1": float("nan")}, {"top1": 7}, {"top1": [1]}])
def test_metrics_that_are_none_are_not_shown(admin_client: Client, published: Published, metrics: object) -> None:
    release = published()
    document = json.loads(release.manifest) | {"metrics": metrics}
    Release.objects.filter(pk=release.pk).update(manifest=json.dumps(document))
    assert cell(admin_client.get(RELEASES).content.decode(), "top1") == "-"


def test_its_page_has_figures_plots_and_buttons(admin_client: Client, judged: Any) -> None:
    release = judged()
    page = page_of(admin_client, release)
    assert "it names 75.0\u00a0% rightly" in page
    assert page.count("<svg") >= 2
    for address in (shown(release), file(release, "html"), file(release, "json")):
        assert f'href="{address}?of=' in page


def test_a_release_without_a_report_says_so(admin_client: Client, published: Published) -> None:
    release = published()
    page = page_of(admin_client, release)
    assert "TINY/ONE@1 carries no report" in page
    assert shown(release) not in page
    assert "carries no report" in admin_client.get(shown(release), follow=True).content.decode()


def test_a_report_that_is_gone_says_so(admin_client: Client, judged: Any, store: ModelStore) -> None:
    release = judged()
    stored_file(store, loads(release.manifest.encode()).report).unlink()
    assert "is missing. Import the bundle again." in page_of(admin_client, release)
    assert "is missing. Import the bundle again." in admin_client.get(shown(release), follow=True).content.decode()


@pytest.mark.parametrize("data", [b"", b"no safetensors", b"\x08\0\0\0\0\0\0\0{}      "])
def test_what_is_no_report_says_so(
    admin_client: Client, store: ModelStore, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(Report, "dumps", lambda _: data)
    release = publish(carried(bundle(), TOLD))
    page = page_of(admin_client, release)
    assert "again." in page.split('id="report"')[1]
    assert admin_client.get(file(release, "json")).status_code == 302


def test_the_report_is_a_page_of_its_own_that_runs_nothing(admin_client: Client, judged: Any) -> None:
    answer = admin_client.get(shown(judged()))
    assert answer.content.startswith(b"<!doctype html>")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Content-Disposition" not in answer or answer["Content-Disposition"].startswith("inline")


def test_the_file_is_the_page(admin_client: Client, judged: Any) -> None:
    release = judged()
    answer = admin_client.get(file(release, "html"))
    assert answer["Content-Disposition"] == 'attachment; filename="report TINY-ONE@1.html"'
    assert answer.content == admin_client.get(shown(release)).content


def test_the_json_has_the_same_figures(admin_client: Client, judged: Any) -> None:
    answer = admin_client.get(file(judged(), "json"))
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["figures"]["top1"]["value"] == 0.75


@pytest.fixture
def judged_again(judged: Any, store: ModelStore) -> Release:
    """TINY/ONE@1, which was asked about other photos since."""
    release: Release = judged(report([(0, 0)] * 4, learnt=[Learnt(digest(900), "reference", "RED")]))
    later = store.write(report([(1, 1)] * 3 + [(1, 0)], first=50).dumps())
    Evaluation.objects.create(release=release, report=later, photos=4, who="ann", why="Another day.")
    return release


def test_later_evaluations_are_listed_beside_the_first(admin_client: Client, judged_again: Release) -> None:
    page = page_of(admin_client, judged_again)
    assert "<strong>when it was trained</strong>" in page
    assert "4 photos, by ann. Another day.</a>" in page


def test_a_later_evaluation_is_shown_and_downloaded(admin_client: Client, judged_again: Release) -> None:
    later = {"of": Evaluation.objects.get().report}
    address = reverse("admin:modelstore_release_change", args=[judged_again.pk])
    page = admin_client.get(address, later).content.decode()
    assert "<strong>when it was trained</strong>" not in page
    assert f'{file(judged_again, "json")}?of={later["of"]}"' in page
    document = json.loads(admin_client.get(file(judged_again, "json"), later).content)
    assert document["figures"]["top1"]["value"] == 0.75


def test_an_evaluation_knows_what_was_learnt_from(admin_client: Client, judged_again: Release) -> None:
    later = {"of": Evaluation.objects.get().report}
    document = json.loads(admin_client.get(file(judged_again, "json"), later).content)
    assert document["learnt_from"]["reference"] == 1


def test_a_release_with_an_evaluation_alone_shows_that(
    admin_client: Client, published: Published, store: ModelStore
) -> None:
    release = published()
    Evaluation.objects.create(release=release, report=store.write(TOLD.dumps()), photos=40, who="ann")
    assert "it names 75.0\u00a0% rightly" in page_of(admin_client, release)


def test_there_are_no_other_kinds_of_files(admin_client: Client, judged: Any) -> None:
    assert admin_client.get(file(judged(), "exe")).status_code == 404


def test_another_digest_is_no_way_to_another_file(admin_client: Client, judged: Any) -> None:
    release = judged()
    head = loads(release.manifest.encode()).head.weights
    assert admin_client.get(shown(release), {"of": head}).content == admin_client.get(shown(release)).content


@pytest.mark.parametrize("kind", ["html", "json"])
def test_who_may_not_see_releases_sees_no_report(client: Client, judged: Any, kind: str) -> None:
    release = judged()
    client.force_login(person("visitor", "view_modelline"))
    assert client.get(shown(release)).status_code == 403
    assert client.get(file(release, kind)).status_code == 403


def test_view_release_is_enough(client: Client, judged: Any) -> None:
    client.force_login(person("viewer", "view_release"))
    release = judged()
    assert client.get(shown(release)).status_code == 200
    assert "it names 75.0\u00a0% rightly" in page_of(client, release)


def test_nobody_sees_it_without_a_login(client: Client, judged: Any) -> None:
    assert client.get(shown(judged())).status_code == 302


def test_names_of_an_uploaded_bundle_are_only_text_on_its_page(admin_client: Client, judged: Any) -> None:
    evil = "<script>alert(1)</script>"
    told = report([(0, 1)] * 9, skus=(evil, "B", "C"))
    release = judged(
        Report(told.kind, told.skus, told.metrics, told.answers, told.calibration, pictures={"answer.0": jpeg()})
    )
    for answer in (page_of(admin_client, release), admin_client.get(shown(release)).content.decode()):
        assert evil not in answer
        assert "&lt;script&gt;alert(1)" in answer


def test_a_released_report_is_computed_once(admin_client: Client, judged: Any, store: ModelStore) -> None:
    release = judged()
    first = page_of(admin_client, release)
    Path(stored_file(store, loads(release.manifest.encode()).report)).unlink()
    assert page_of(admin_client, release).count("<svg") == first.count("<svg")
