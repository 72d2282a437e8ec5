"""Nothing worse answers unless a person says why."""

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from inference.bundle import Regression, write_bundle
from modelstore.errors import PublishRefused
from modelstore.evaluation.evaluate import reports
from modelstore.evaluation.gate import judge
from modelstore.models import Evaluation, Release, ReleaseEvent
from modelstore.promotion import promote
from modelstore.publishing import activate, publish
from modelstore.store import model_store
from modelstore.training.base import base_for
from modelstore.training.train import Order, train
from tests.admin_moves import confirmed
from tests.modelstore.evaluation.reports import report
from tests.modelstore.test_activation import no_proof
from tests.modelstore.training.conftest import COLOURS, Shop, draw

RED, GREEN, BLUE = range(3)
RIGHT = [(sku, sku) for sku in (RED, GREEN, BLUE)] * 8
WRONG = [(RED, RED), (GREEN, RED), (BLUE, RED)] * 8


def release(folder: Path, said: Any, **more: Any) -> Release:
    """With a report of what it said to the same photos as the others."""
    base = base_for("CLIFFS", "CLIFF", "TINY/ONE@1", None)
    told = report(said, **more)
    regression = Regression(*_any_head(len(told.skus), crc32(str(said).encode())))
    write_bundle(
        folder, "CLIFFS", "CLIFF", told.skus, base.detector, base.encoders, regression, report=told.dumps()
    )  # fmt: skip
    return publish(folder)


def _any_head(skus: int, seed: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(skus, 48)), rng.normal(size=skus), rng.normal(size=(6, 48)).astype(np.float32)


@pytest.fixture
def serving(active: Release, tmp_path: Path) -> Release:
    """CLIFFS/CLIFF@1 is active, and was right about everything."""
    first = release(tmp_path / "first", RIGHT)
    activate(first, no_proof)
    return first


def refusal(candidate: Release) -> str:
    with pytest.raises(PublishRefused) as error:
        promote(candidate, no_proof)
    return str(error.value)


def test_the_first_release_of_a_line_needs_no_comparison(active: Release, tmp_path: Path) -> None:
    assert promote(release(tmp_path / "first", WRONG), no_proof).words == "No other release was active."


def test_a_release_that_is_as_good_is_activated(serving: Release, tmp_path: Path) -> None:
    second = release(tmp_path / "second", [*RIGHT[:-1], (BLUE, RED)])
    assert promote(second, no_proof).words.startswith("Not worse than CLIFFS/CLIFF@1 on the same 24 products")
    assert second.status == Release.Status.ACTIVE


def test_a_worse_one_is_refused_with_both_figures(serving: Release, tmp_path: Path) -> None:
    told = refusal(release(tmp_path / "second", WRONG))
    assert "worse than CLIFFS/CLIFF@1" in told
    assert "top-1 100.0% before and 33.3% now" in told
    assert serving.line.active() == serving


def test_a_written_reason_overrides_and_is_kept_with_the_verdict(serving: Release, tmp_path: Path) -> None:
    second = release(tmp_path / "second", WRONG)
    promote(second, no_proof, "ann", "The new packs are on the shelves.")
    event = second.events.get(kind=ReleaseEvent.Kind.ACTIVATED)
    assert (event.who, event.reason) == ("ann", "The new packs are on the shelves.")
    assert "worse than CLIFFS/CLIFF@1" in event.verdict


def test_blanks_are_no_reason(serving: Release, tmp_path: Path) -> None:
    with pytest.raises(PublishRefused):
        promote(release(tmp_path / "second", WRONG), no_proof, reason="  \n")


def test_a_release_that_no_longer_knows_a_sku_is_refused(serving: Release, tmp_path: Path) -> None:
    told = refusal(release(tmp_path / "second", [(0, 0), (1, 1), (-1, 0)] * 8, skus=("RED", "GREEN")))
    assert "no longer knows BLUE" in told


def test_without_photos_in_common_it_cannot_be_compared(serving: Release, tmp_path: Path) -> None:
    told = refusal(release(tmp_path / "second", RIGHT, first=500))
    assert "both were asked about 0 products" in told
    assert "evaluate_release" in told


def test_what_was_activated_meanwhile_is_not_replaced(serving: Release, tmp_path: Path) -> None:
    second, third = (
        release(tmp_path / name, [*RIGHT[:-1], (BLUE, other)]) for name, other in (("b", RED), ("c", GREEN))
    )

    def another_is_quicker(manifest: Any) -> None:
        activate(third, no_proof)

    with pytest.raises(PublishRefused, match="CLIFFS/CLIFF@3 was activated meanwhile"):
        promote(second, another_is_quicker)


def test_both_are_asked_about_photos_that_only_one_was_asked_about(
    active: Release,
    shop: Shop,
    tmp_path: Path,
) -> None:
    """The first one of six photos of each SKU; the second of others, and so neither saw the other's."""
    first, _ = train(Order("CLIFFS", "CLIFF", shop()))
    activate(first, no_proof)
    for row, (sku, colour) in enumerate(COLOURS.items()):
        for number in range(5):
            draw(tmp_path / "others" / sku / f"{number}.jpg", colour, 700 + 10 * row + number)
    second, _ = train(Order("CLIFFS", "CLIFF", tmp_path / "others"))
    verdict = judge(second, first)
    assert verdict.comparison is not None
    assert (verdict.passed, verdict.comparison.answers) == (True, 18 + 15)
    assert {(str(row.release), row.photos) for row in Evaluation.objects.all()} == {
        ("CLIFFS/CLIFF@1", 15),
        ("CLIFFS/CLIFF@2", 18),
    }


def test_a_second_look_asks_nothing_again(active: Release, shop: Shop, tmp_path: Path) -> None:
    test_both_are_asked_about_photos_that_only_one_was_asked_about(active, shop, tmp_path)
    before = Evaluation.objects.count()
    first, second = Release.objects.filter(line__brand="CLIFF").order_by("version")
    assert judge(second, first).passed
    assert Evaluation.objects.count() == before


def test_one_more_sku_on_the_same_photos_passes(active: Release, shop: Shop, tmp_path: Path) -> None:
    first, _ = train(Order("CLIFFS", "CLIFF", shop()))
    activate(first, no_proof)
    for number in range(6):
        draw(tmp_path / "photos" / "CLIFF_GREY_1L" / f"{number}.jpg", (120, 120, 120), 800 + number)
    second, _ = train(Order("CLIFFS", "CLIFF", tmp_path / "photos"))
    verdict = promote(second, no_proof)
    assert verdict.comparison is not None
    assert (verdict.comparison.added, verdict.comparison.answers) == (("CLIFF_GREY_1L",), 18)


def test_the_command_says_why_and_how_to_override(serving: Release, tmp_path: Path) -> None:
    second = release(tmp_path / "second", WRONG)
    with pytest.raises(CommandError, match="with a written reason"):
        call_command("activate_release", str(second))
    call_command("activate_release", str(second), "--reason", "meant")


def test_admin_says_why_and_asks_for_the_reason(serving: Release, tmp_path: Path, admin_client: Client) -> None:
    second = release(tmp_path / "second", WRONG)
    page = confirmed(admin_client, "modelstore_release", "activate", [second.pk], reason="")
    assert "worse than CLIFFS/CLIFF@1" in page
    assert serving.line.active() == serving


def test_a_damaged_report_counts_as_none(serving: Release, tmp_path: Path) -> None:
    second = release(tmp_path / "second", RIGHT[:-1])
    digest = json.loads(second.manifest)["report"]
    Path(model_store().storage.path(f"{digest[:2]}/{digest}.safetensors")).write_bytes(b"damaged")  # type: ignore[attr-defined]
    assert "cannot be compared" in refusal(second)


def test_every_report_of_a_release_counts(serving: Release) -> None:
    assert len(reports(serving)) == 1


def test_training_says_at_once_what_the_gate_will_say(active: Release, shop: Shop, capsys: Any) -> None:
    first, _ = train(Order("CLIFFS", "CLIFF", shop()))
    activate(first, no_proof)
    call_command("train_release", "--category", "CLIFFS", "--brand", "CLIFF", "--photos", str(shop(photos=7)))
    assert "Not worse than CLIFFS/CLIFF@1 on the same 21 products" in capsys.readouterr().out
