"""A candidate beside the active release: when it may start, what it keeps, and when it ends."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from inference.comparison import Comparison
from modelstore import canaries
from modelstore.audit import ENGINE, operator
from modelstore.catalogue import answering_for
from modelstore.errors import PublishRefused
from modelstore.models import Canary, CanaryComparison, ModelLine, Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish, roll_back
from modelstore.store import ModelStore
from tenants.models import Tenant
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import active, head_file, no_proof
from tests.modelstore.test_audit_trail import no_room_for_events, trail

SEEN = Comparison(10, 11, 6, 1, 1, 1, 1, 12.5, 40.0, 50.0, ((0, 1, 1), (0, -1, 1), (-1, 2, 1), (None, 0, 1)))


def release(version: int) -> Release:
    return Release.objects.select_related("line").get(version=version)


def watched(tenant: Tenant, *pins: Release) -> tuple[str, tuple[int, int] | None]:
    """Which release answers, and the canary and share beside it."""
    models, watch = answering_for(tenant, "tiny", "one", [pin.pk for pin in pins])
    return models.name, watch


# --- starting


def test_the_release_that_answers_is_watched_from_the_next_request_on(tenant: Tenant, canary: Canary) -> None:
    assert watched(tenant) == ("TINY/ONE@2", (canary.pk, 10))


def test_without_a_canary_nothing_is_watched(tenant: Tenant, line: ModelLine) -> None:
    assert watched(tenant) == ("TINY/ONE@2", None)


def test_other_lines_are_not_watched(tenant: Tenant, canary: Canary, published: Published) -> None:
    activate(published("TWO"), no_proof)
    assert answering_for(tenant, "TINY", "TWO")[1] is None


def test_what_a_pin_answers_by_another_release_is_no_part_of_it(tenant: Tenant, canary: Canary) -> None:
    assert watched(tenant, release(1)) == ("TINY/ONE@1", None)
    assert watched(tenant, release(3)) == ("TINY/ONE@3", None)


@pytest.mark.parametrize("started", [False, True])
def test_a_request_costs_one_query_with_a_canary_and_without(
    tenant: Tenant, line: ModelLine, django_assert_num_queries: Any, started: bool
) -> None:
    if started:
        canaries.start(release(3), 10, no_proof)
    watched(tenant)  # the manifest is read once per process
    with django_assert_num_queries(1):
        watched(tenant)


def test_starting_is_told_with_who_and_why(canary: Canary) -> None:
    assert trail()[-1] == "TINY/ONE@3 canary by mona: 10 % of what TINY/ONE@2 answers. new caps"
    assert canary.started_by == "mona"


def test_at_the_command_line_the_account_is_named(line: ModelLine) -> None:
    assert canaries.start(release(3), 10, no_proof).started_by == operator()


def test_a_retired_release_can_be_tried(line: ModelLine) -> None:
    assert str(canaries.start(release(1), 10, no_proof)) == "TINY/ONE@1 reads 10 % of what TINY/ONE@2 answers"


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_that_is_none_is_refused(line: ModelLine, share: int) -> None:
    with pytest.raises(PublishRefused, match="Give 0 to 100"):
        canaries.start(release(3), share, no_proof)


def test_the_active_release_cannot_be_its_own_candidate(line: ModelLine) -> None:
    with pytest.raises(PublishRefused, match="TINY/ONE@2 is active"):
        canaries.start(release(2), 10, no_proof)


def test_a_draft_cannot_be_tried(line: ModelLine, bundle: Bundle) -> None:
    draft = publish(bundle(seed=4), draft=True)
    with pytest.raises(PublishRefused, match="is a draft"):
        canaries.start(draft, 10, no_proof)


def test_where_nothing_is_active_there_is_nothing_to_compare_with(published: Published) -> None:
    with pytest.raises(PublishRefused, match="nothing to compare with"):
        canaries.start(published(), 10, no_proof)


def test_a_damaged_release_is_refused_and_the_reason_kept(line: ModelLine, store: ModelStore) -> None:
    head_file(store, release(3)).write_bytes(b"damaged")
    with pytest.raises(PublishRefused, match="TINY/ONE@3 is refused"):
        canaries.start(release(3), 10, prove)
    assert not Canary.objects.exists()
    assert "damaged" in release(3).refusal


def test_a_sound_release_proves_itself(line: ModelLine) -> None:
    assert canaries.start(release(3), 10, prove).watched == release(2)


def test_a_line_has_one_canary(canary: Canary) -> None:
    with pytest.raises(PublishRefused, match="TINY/ONE@3 is the canary of TINY/ONE already"):
        canaries.start(release(1), 10, no_proof)


def test_the_database_keeps_a_line_to_one_canary(canary: Canary) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Canary.objects.create(
            line=canary.line, active=release(2), candidate=release(1), share=1, started_by="x", paused="damaged"
        )


def test_the_share_of_a_running_canary_can_be_changed(tenant: Tenant, canary: Canary) -> None:
    canaries.keep(canary.pk, SEEN)
    changed = canaries.start(release(3), 50, no_proof, "omar", "looks good")
    assert (changed.pk, changed.comparisons.count()) == (canary.pk, 1)
    assert watched(tenant) == ("TINY/ONE@2", (canary.pk, 50))
    assert trail()[-1] == "TINY/ONE@3 canary_set by omar: 50 % after 10 %. looks good"


def test_the_same_share_again_is_no_news(canary: Canary) -> None:
    told = len(trail())
    canaries.start(release(3), 10, no_proof)
    assert len(trail()) == told


# --- ending


def test_a_stopped_canary_watches_nothing_and_keeps_what_it_saw(tenant: Tenant, canary: Canary) -> None:
    canaries.keep(canary.pk, SEEN)
    canaries.stop(canary.line, "omar", "enough")
    assert watched(tenant) == ("TINY/ONE@2", None)
    assert canary.comparisons.count() == 1
    assert trail()[-1] == (
        "TINY/ONE@3 canary_end by omar: Beside TINY/ONE@2: 1 photos compared, 66.7 % of facings named alike. enough"
    )


def test_what_does_not_run_cannot_be_stopped(line: ModelLine) -> None:
    with pytest.raises(PublishRefused, match="no canary runs on TINY/ONE"):
        canaries.stop(line)


def test_another_canary_than_the_one_seen_is_not_stopped(canary: Canary) -> None:
    canaries.stop(canary.line)
    other = canaries.start(release(1), 10, no_proof)
    with pytest.raises(PublishRefused, match="TINY/ONE@3 is no canary of TINY/ONE any more"):
        canaries.stop(canary.line, seen=canary)
    assert canaries.running_canary(canary.line) == other


def test_activating_the_candidate_ends_its_canary(canary: Canary) -> None:
    activate(release(3), no_proof, "omar")
    assert canaries.running_canary(canary.line) is None
    ended = [line for line in trail() if "canary_end" in line]
    assert ended == [
        "TINY/ONE@3 canary_end by omar: Beside TINY/ONE@2: 0 photos compared. TINY/ONE@3 took the place of TINY/ONE@2."
    ]


def test_rolling_back_ends_it(canary: Canary) -> None:
    roll_back(canary.line, no_proof)
    assert canaries.running_canary(canary.line) is None


def test_activating_what_is_active_already_leaves_it_running(canary: Canary) -> None:
    activate(release(2), no_proof)
    assert canaries.running_canary(canary.line) == canary


def test_an_activation_that_fails_leaves_it_running(canary: Canary, tenant: Tenant) -> None:
    with connection.execute_wrapper(no_room_for_events), pytest.raises(DatabaseError, match="full"):
        activate(release(3), no_proof)
    assert (active(), watched(tenant)) == (["TINY/ONE@2"], ("TINY/ONE@2", (canary.pk, 10)))


def test_a_canary_that_cannot_be_told_does_not_start(line: ModelLine) -> None:
    with connection.execute_wrapper(no_room_for_events), pytest.raises(DatabaseError, match="full"):
        canaries.start(release(3), 10, no_proof)
    assert not Canary.objects.exists()


def test_another_one_can_start_afterwards(canary: Canary) -> None:
    canaries.stop(canary.line)
    assert canaries.start(release(1), 20, no_proof).pk != canary.pk


# --- pausing


def test_a_candidate_that_is_refused_pauses_its_canary_and_is_noted_once(tenant: Tenant, canary: Canary) -> None:
    assert [canaries.pause(canary.pk, "File x is damaged.", refused=True) for _ in range(3)] == [True, False, False]
    assert watched(tenant) == ("TINY/ONE@2", None)
    assert release(3).refusal == "File x is damaged."
    assert trail()[-2:] == [
        f"TINY/ONE@3 refused by {ENGINE}: File x is damaged.",
        f"TINY/ONE@3 canary_off by {ENGINE}: File x is damaged.",
    ]


def test_a_candidate_that_fails_is_paused_and_not_called_damaged(canary: Canary) -> None:
    canaries.pause(canary.pk, "no memory", refused=False)
    assert release(3).refusal == ""


@pytest.mark.parametrize("reason", ["", " ", "a\0b", "caf\udce9"])
def test_whatever_the_reason_the_canary_is_paused(tenant: Tenant, canary: Canary, reason: str) -> None:
    canaries.pause(canary.pk, reason, refused=False)
    canary.refresh_from_db()
    assert canary.paused
    assert "\0" not in canary.paused
    assert watched(tenant) == ("TINY/ONE@2", None)


def test_a_paused_canary_keeps_its_place(canary: Canary) -> None:
    canaries.pause(canary.pk, "damaged", refused=True)
    with pytest.raises(PublishRefused, match="already"):
        canaries.start(release(1), 10, no_proof)


def test_started_again_it_is_resumed(tenant: Tenant, canary: Canary) -> None:
    canaries.pause(canary.pk, "damaged", refused=True)
    canaries.start(release(3), 10, no_proof, "omar")
    assert watched(tenant) == ("TINY/ONE@2", (canary.pk, 10))
    assert trail()[-1] == "TINY/ONE@3 canary_set by omar: 10 % after a pause."


def test_a_paused_canary_can_be_stopped(canary: Canary) -> None:
    canaries.pause(canary.pk, "damaged", refused=True)
    canaries.stop(canary.line)
    assert canaries.running_canary(canary.line) is None


# --- what it sees


def test_a_comparison_is_kept_as_counts(canary: Canary) -> None:
    canaries.keep(canary.pk, SEEN)
    (row,) = canary.comparisons.all()
    assert (row.active_facings, row.candidate_facings, row.same, row.share_moved) == (10, 11, 6, 12.5)
    assert row.differences == "[[0,1,1],[0,-1,1],[-1,2,1],[null,0,1]]"


@pytest.mark.parametrize("how", ["stopped", "paused"])
def test_what_comes_after_the_end_is_not_kept(canary: Canary, how: str) -> None:
    if how == "stopped":
        canaries.stop(canary.line)
    else:
        canaries.pause(canary.pk, "damaged", refused=True)
    canaries.keep(canary.pk, SEEN)
    assert not CanaryComparison.objects.exists()


def test_the_newest_are_kept(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries, "KEPT", 3)
    monkeypatch.setattr(canaries, "PRUNED_EVERY", 1)
    for same in range(5):
        canaries.keep(canary.pk, replace(SEEN, same=same))
    assert [row.same for row in canary.comparisons.all()] == [4, 3, 2]


def test_what_is_a_month_old_is_forgotten(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries, "PRUNED_EVERY", 1)
    canaries.keep(canary.pk, SEEN)
    canary.comparisons.update(at=timezone.now() - timedelta(days=31))
    canaries.keep(canary.pk, replace(SEEN, same=0))
    assert [row.same for row in canary.comparisons.all()] == [0]


def test_a_canary_of_long_ago_is_forgotten_when_another_starts(canary: Canary) -> None:
    canaries.keep(canary.pk, SEEN)
    canaries.stop(canary.line)
    CanaryComparison.objects.update(at=timezone.now() - timedelta(days=31))
    canaries.start(release(1), 10, no_proof)
    assert not CanaryComparison.objects.exists()


def test_dropped_photos_are_counted(canary: Canary) -> None:
    canaries.note_dropped({canary.pk: 3})
    canaries.note_dropped({canary.pk: 4, canary.pk + 1: 1})
    canary.refresh_from_db()
    assert canary.dropped == 7


def test_photos_that_the_candidate_cannot_answer_are_counted_with_the_last_reason(canary: Canary) -> None:
    for reason in ("first", "last"):
        canaries.note_failure(canary.pk, reason)
    canary.refresh_from_db()
    assert (canary.failed, canary.failure) == (2, "last")


def test_a_photo_with_a_thousand_differences_takes_little_room(canary: Canary) -> None:
    """Labels are kept as numbers: the longest names have 200 characters."""
    most = tuple((number, number + 1, 1) for number in range(1000))
    canaries.keep(canary.pk, replace(SEEN, differences=most))
    stored = canary.comparisons.get().differences
    assert len(stored) < 16_000
    assert len(json.loads(stored)) == 1000
