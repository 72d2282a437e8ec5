"""Every change to a release is told: what, by whom, why; and told only if it happened."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from modelstore.audit import ENGINE, note_refusal, operator
from modelstore.catalogue import fallback_for, model_set
from modelstore.errors import PublishRefused
from modelstore.models import Release, ReleaseEvent
from modelstore.proving import prove
from modelstore.publishing import activate, publish, roll_back
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import active, head_file, no_proof


def trail() -> list[str]:
    """Oldest first."""
    events = ReleaseEvent.objects.order_by("pk").select_related("release__line")
    return [f"{event.release} {event.kind} by {event.who}: {event.reason}".removesuffix(": ") for event in events]


def test_publishing_is_told(store: ModelStore, bundle: Bundle) -> None:
    publish(bundle(), who="mona")
    assert trail() == ["TINY/ONE@1 published by mona"]


def test_publishing_what_is_there_already_is_no_news(store: ModelStore, bundle: Bundle) -> None:
    for _ in range(2):
        publish(bundle(), who="mona")
    assert len(trail()) == 1


def test_activating_tells_of_both_releases(published: Published) -> None:
    activate(published(seed=1), no_proof, "mona")
    activate(published(seed=2), no_proof, "omar", "new caps")
    assert trail()[-2:] == [
        "TINY/ONE@1 retired by omar: TINY/ONE@2 took its place. new caps",
        "TINY/ONE@2 activated by omar: new caps",
    ]


def test_rolling_back_is_told_as_such(published: Published) -> None:
    for seed in (1, 2):
        activate(published(seed=seed), no_proof)
    roll_back(Release.objects.get(version=2).line, no_proof, "mona", "misses 2 l bottles")
    assert trail()[-2:] == [
        "TINY/ONE@2 retired by mona: TINY/ONE@1 took its place. misses 2 l bottles",
        "TINY/ONE@1 restored by mona: misses 2 l bottles",
    ]


def test_a_refusal_is_told_with_its_cause(published: Published, store: ModelStore) -> None:
    release = published()
    head_file(store, release).unlink()
    with pytest.raises(PublishRefused):
        activate(release, prove, "mona")
    assert trail()[-1].startswith("TINY/ONE@1 refused by mona: File ")


def test_what_the_engine_refuses_is_told_once(published: Published) -> None:
    release = published()
    activate(release, no_proof)
    for _ in range(3):
        fallback_for(model_set(release), "damaged")
    assert [line for line in trail() if "refused" in line] == [f"TINY/ONE@1 refused by {ENGINE}: damaged"]


def test_a_release_that_is_sound_again_is_told(published: Published) -> None:
    release = published()
    note_refusal(release, "damaged", "mona")
    note_refusal(release, "", "mona")
    assert trail()[-1] == "TINY/ONE@1 sound by mona"


def test_at_the_command_line_the_account_is_named_and_the_reason_kept(published: Published) -> None:
    published()
    call_command("activate_release", "TINY/ONE@1", "--reason", "  better on glass ")
    assert trail()[-1] == f"TINY/ONE@1 activated by {operator()}: better on glass"
    assert operator().startswith("manage.py as ")


def test_rolling_back_at_the_command_line_keeps_its_reason(published: Published) -> None:
    for seed in (1, 2):
        activate(published(seed=seed), no_proof)
    call_command("rollback_release", "TINY/ONE", "--reason", "complaints")
    assert trail()[-1] == f"TINY/ONE@1 restored by {operator()}: complaints"


@pytest.mark.parametrize(("reason", "kept"), [("a\0b", "ab"), ("caf\udce9", "caf?"), ("غطاء جديد", "غطاء جديد")])
def test_a_reason_is_kept_as_far_as_a_database_can_hold_it(published: Published, reason: str, kept: str) -> None:
    activate(published(), no_proof, "mona", reason)
    assert trail()[-1] == f"TINY/ONE@1 activated by mona: {kept}"


def no_room_for_events(execute: Any, sql: str, *rest: Any) -> Any:
    if sql.startswith("INSERT") and "releaseevent" in sql:
        raise DatabaseError("the disk is full")
    return execute(sql, *rest)


def test_a_change_that_cannot_be_told_does_not_happen(published: Published) -> None:
    first, second = published(seed=1), published(seed=2)
    activate(first, no_proof)
    told = ReleaseEvent.objects.count()
    with connection.execute_wrapper(no_room_for_events), pytest.raises(DatabaseError, match="full"):
        activate(second, no_proof)
    assert (active(), ReleaseEvent.objects.count()) == (["TINY/ONE@1"], told)


def test_of_two_who_roll_back_at_once_only_the_first_does(published: Published) -> None:
    """The second saw @3 answering as well; rolled back twice, @3 would answer again."""
    for seed in (1, 2, 3):
        activate(published(seed=seed), no_proof)
    seen = Release.objects.get(version=3)
    roll_back(seen.line, no_proof, "mona", leaving=seen)
    with pytest.raises(PublishRefused, match="TINY/ONE@2 was activated meanwhile"):
        roll_back(seen.line, no_proof, "omar", leaving=seen)
    assert active() == ["TINY/ONE@2"]


def test_a_release_activated_while_the_earlier_one_is_proved_is_not_rolled_back(published: Published) -> None:
    for seed in (1, 2):
        activate(published(seed=seed), no_proof)
    newest = published(seed=3)
    with pytest.raises(PublishRefused, match="TINY/ONE@3 was activated meanwhile"):
        roll_back(newest.line, lambda _: activate(newest, no_proof))
    assert active() == ["TINY/ONE@3"]
