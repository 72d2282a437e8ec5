"""A release answers only once it is proven; what served before goes on until then, and can be had back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import OutOfMemory
from inference.manifest import Manifest, loads, sha256
from inference.weights import arrays, packed
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish, roll_back
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published, stored_file


def no_proof(_: Manifest) -> None:
    """For tests of what follows the proof."""


def active() -> list[str]:
    return [str(release) for release in Release.objects.filter(status="active").select_related("line")]


def test_a_sound_release_is_activated(published: Published) -> None:
    activate(published(), prove)
    assert active() == ["TINY/ONE@1"]


def test_the_one_before_is_retired(published: Published) -> None:
    first, second = published(seed=1), published(seed=2)
    activate(first, no_proof)
    activate(second, no_proof)
    first.refresh_from_db()
    assert (active(), first.status) == (["TINY/ONE@2"], "retired")


def test_other_lines_are_left_alone(published: Published) -> None:
    activate(published("ONE"), no_proof)
    activate(published("TWO"), no_proof)
    assert sorted(active()) == ["TINY/ONE@1", "TINY/TWO@1"]


def head_file(store: ModelStore, release: Release) -> Path:
    return stored_file(store, json.loads(release.manifest)["head"]["weights"])


def test_a_release_with_a_damaged_file_is_refused_and_the_earlier_stays(
    published: Published, store: ModelStore
) -> None:
    activate(published(seed=1), no_proof)
    second = published(seed=2)
    head_file(store, second).write_bytes(b"damaged")
    with pytest.raises(PublishRefused, match=r"TINY/ONE@2 is refused: .*damaged.* goes on serving"):
        activate(second, prove)
    assert active() == ["TINY/ONE@1"]


def test_the_reason_of_a_refusal_is_kept(published: Published, store: ModelStore) -> None:
    release = published()
    head_file(store, release).unlink()
    with pytest.raises(PublishRefused):
        activate(release, prove)
    assert "is missing" in Release.objects.get().refusal


def no_memory(_: Manifest) -> None:
    raise OutOfMemory("There is not enough memory.")


def test_a_release_for_which_there_is_no_memory_is_not_activated_and_nothing_is_held_against_it(
    published: Published,
) -> None:
    with pytest.raises(PublishRefused, match=r"TINY/ONE@1 could not be tried: .*memory.* goes on serving"):
        activate(published(), no_memory)
    assert (active(), Release.objects.get().refusal) == ([], "")


def with_other_golden(folder: Path) -> None:
    """The bundle, its golden answers changed and their digest written into the manifest as it should be."""
    manifest = loads((folder / "manifest.json").read_bytes())
    named = arrays((folder / f"{manifest.head.golden}.safetensors").read_bytes())
    data = packed({**named, "probabilities": named["probabilities"][::-1].copy()})
    changed = replace(manifest, head=replace(manifest.head, golden=sha256(data)))
    (folder / f"{changed.head.golden}.safetensors").write_bytes(data)
    (folder / "manifest.json").write_bytes(changed.dumps())


def test_a_release_that_does_not_answer_as_it_did_is_refused(store: ModelStore, bundle: Bundle) -> None:
    folder = bundle()
    with_other_golden(folder)
    with pytest.raises(PublishRefused, match="does not reproduce its golden answers"):
        activate(publish(folder), prove)
    assert active() == []


def test_a_repaired_release_is_activated_and_its_refusal_forgotten(published: Published, store: ModelStore) -> None:
    release = published()
    head_file(store, release).unlink()
    with pytest.raises(PublishRefused):
        activate(release, prove)
    activate(published(), prove)
    assert (active(), Release.objects.get().refusal) == (["TINY/ONE@1"], "")


def test_activating_the_active_release_changes_nothing(published: Published) -> None:
    release = published()
    activate(release, no_proof)
    activate(release, no_proof)
    assert active() == ["TINY/ONE@1"]


def test_rolling_back_activates_the_one_that_was_active_before(published: Published) -> None:
    for seed in range(3):
        activate(published(seed=seed), no_proof)
    assert str(roll_back(Release.objects.get(version=3).line, no_proof)) == "TINY/ONE@2"
    assert active() == ["TINY/ONE@2"]


def test_rolling_back_passes_over_a_release_known_to_be_refused(published: Published) -> None:
    for seed in range(3):
        activate(published(seed=seed), no_proof)
    Release.objects.filter(version=2).update(refusal="damaged")
    assert roll_back(Release.objects.get(version=3).line, no_proof).version == 1


def test_a_release_that_was_never_active_is_not_gone_back_to(published: Published) -> None:
    activate(published(seed=1), no_proof)
    published(seed=2)
    with pytest.raises(PublishRefused, match="no earlier release"):
        roll_back(Release.objects.get(version=1).line, no_proof)
