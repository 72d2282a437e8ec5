"""The commands of whoever runs the service: one line of JSON each, and sentences when something is wrong."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from modelstore.models import Release
from modelstore.publishing import activate
from modelstore.store import ModelStore
from tests.inference.test_loading import take_all_memory
from tests.modelstore.conftest import Bundle, Published, stored_file
from tests.modelstore.test_activation import head_file, no_proof

Output = pytest.CaptureFixture[str]


def answer(output: Output, *arguments: str) -> Any:
    """The one line of JSON that a command prints."""
    call_command(*arguments, "--json")
    (line,) = output.readouterr().out.splitlines()
    return json.loads(line)


def complaint(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*arguments)
    return str(error.value)


def test_publish_release_names_the_release(store: ModelStore, bundle: Bundle, capsys: Output) -> None:
    told = answer(capsys, "publish_release", str(bundle()))
    assert (told["release"], told["status"], len(told["digest"])) == ("TINY/ONE@1", "published", 64)


def test_publish_release_can_activate(store: ModelStore, bundle: Bundle, capsys: Output) -> None:
    assert answer(capsys, "publish_release", str(bundle()), "--activate")["status"] == "active"


def test_publish_release_complains_of_a_folder_that_is_no_bundle(store: ModelStore) -> None:
    assert "is no bundle" in complaint("publish_release", "/nowhere")


def test_activate_release_activates(published: Published, capsys: Output) -> None:
    published()
    assert answer(capsys, "activate_release", "tiny/one@1") == {"release": "TINY/ONE@1", "status": "active"}


@pytest.mark.parametrize("name", ["TINY/ONE@7", "nothing", "../x/y@1"])
def test_activate_release_complains_of_a_release_that_is_not_there(published: Published, name: str) -> None:
    published()
    assert f"There is no release {name}" in complaint("activate_release", name)


def test_activate_release_complains_of_a_damaged_file(published: Published, store: ModelStore) -> None:
    head_file(store, published()).unlink()
    assert "is missing" in complaint("activate_release", "TINY/ONE@1")


def test_rollback_release_goes_back(published: Published, capsys: Output) -> None:
    for seed in (1, 2):
        activate(published(seed=seed), no_proof)
    assert answer(capsys, "rollback_release", "tiny/one") == {"release": "TINY/ONE@1", "status": "active"}


def test_rollback_release_complains_when_there_is_nothing_to_go_back_to(published: Published) -> None:
    activate(published(), no_proof)
    assert "no earlier release" in complaint("rollback_release", "TINY/ONE")


def test_rollback_release_complains_of_a_line_that_is_not_there(store: ModelStore) -> None:
    assert "There is no line TINY/TWO" in complaint("rollback_release", "TINY/TWO")


def test_list_releases_lists_every_release(published: Published, capsys: Output) -> None:
    published(seed=1)
    activate(published(seed=2), no_proof)
    listed = answer(capsys, "list_releases")["releases"]
    assert {row["release"]: row["status"] for row in listed} == {"TINY/ONE@1": "published", "TINY/ONE@2": "active"}


def test_list_releases_says_what_to_do_when_there_is_none(store: ModelStore, capsys: Output) -> None:
    call_command("list_releases")
    assert "publish_release FOLDER" in capsys.readouterr().out


def test_check_models_finds_sound_releases_sound(published: Published, capsys: Output) -> None:
    activate(published(), no_proof)
    (row,) = answer(capsys, "check_models")["models"]
    assert (row["release"], row["problem"]) == ("TINY/ONE@1", "")


def test_check_models_tells_the_device_and_the_memory(published: Published, capsys: Output) -> None:
    """Of the tiny networks; own: three rows of 48 numbers and a bias each, in 4 bytes."""
    activate(published(), no_proof)
    (row,) = answer(capsys, "check_models")["models"]
    assert (row["device"], row["own_bytes"]) == ("cpu in float32", 3 * (48 + 1) * 4)
    assert row["shared_bytes"] > 100_000


def test_check_models_fails_for_a_damaged_release(published: Published, store: ModelStore, capsys: Output) -> None:
    release = published()
    activate(release, no_proof)
    head_file(store, release).write_bytes(b"damaged")
    with pytest.raises(CommandError) as failed:
        call_command("check_models", "--json")
    assert failed.value.returncode == 1
    (row,) = json.loads(capsys.readouterr().out)["models"]
    assert "is damaged" in row["problem"]


def test_check_models_notes_the_reason_and_forgets_it_when_repaired(
    published: Published, store: ModelStore, capsys: Output
) -> None:
    release = published()
    activate(release, no_proof)
    damaged = stored_file(store, json.loads(release.manifest)["detector"]["weights"])
    whole = damaged.read_bytes()
    damaged.write_bytes(b"")
    complaint("check_models")
    assert "is damaged" in Release.objects.get().refusal
    damaged.write_bytes(whole)
    call_command("check_models")
    assert Release.objects.get().refusal == ""


def test_check_models_on_a_machine_without_memory_fails_and_holds_nothing_against_the_release(
    published: Published, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    activate(published(), no_proof)
    monkeypatch.setattr("inference.encoders._dinov2", take_all_memory)
    assert "not sound" in complaint("check_models")
    assert ("memory" in capsys.readouterr().out, Release.objects.get().refusal) == (True, "")
