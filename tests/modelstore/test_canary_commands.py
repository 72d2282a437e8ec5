"""Canaries at the command line."""

import pytest
from django.core.management import CommandError, call_command

from modelstore import canaries
from modelstore.models import Canary, ModelLine
from tests.modelstore.test_canaries import SEEN
from tests.modelstore.test_commands import Output, answer, complaint


def test_start_canary_names_both_releases(line: ModelLine, capsys: Output) -> None:
    told = answer(capsys, "start_canary", "tiny/one@3", "--share", "25")
    assert told == {"canary": "TINY/ONE@3", "beside": "TINY/ONE@2", "share": 25}


def test_start_canary_keeps_the_reason(line: ModelLine) -> None:
    call_command("start_canary", "TINY/ONE@3", "--share", "25", "--reason", "new caps")
    event = ModelLine.objects.get().releases.get(version=3).events.first()
    assert event
    assert event.reason == "25 % of what TINY/ONE@2 answers. new caps"


def test_start_canary_says_it_in_a_sentence(line: ModelLine, capsys: Output) -> None:
    call_command("start_canary", "TINY/ONE@1", "--share", "100")
    assert capsys.readouterr().out == "TINY/ONE@1 reads 100 % of what TINY/ONE@2 answers.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("TINY/ONE@9", "--share", "10"), "There is no release TINY/ONE@9"),
        (("TINY/ONE@2", "--share", "10"), "TINY/ONE@2 is active"),
        (("TINY/ONE@3", "--share", "101"), "Give 0 to 100"),
    ],
)
def test_start_canary_complains(line: ModelLine, arguments: tuple[str, ...], words: str) -> None:
    assert words in complaint("start_canary", *arguments)
    assert not Canary.objects.exists()


def test_start_canary_asks_for_a_share(line: ModelLine) -> None:
    with pytest.raises(CommandError, match="--share"):
        call_command("start_canary", "TINY/ONE@3")


def test_stop_canary_tells_how_many_photos_were_compared(canary: Canary, capsys: Output) -> None:
    canaries.keep(canary.pk, SEEN)
    told = answer(capsys, "stop_canary", "tiny/one", "--reason", "enough")
    assert told == {"canary": "TINY/ONE@3", "beside": "TINY/ONE@2", "compared": 1}


def test_stop_canary_complains_where_none_runs(line: ModelLine) -> None:
    assert "no canary runs on TINY/ONE" in complaint("stop_canary", "TINY/ONE")
    assert "There is no line TINY/TWO" in complaint("stop_canary", "TINY/TWO")


def test_list_releases_tells_of_canaries(canary: Canary, capsys: Output) -> None:
    listed = answer(capsys, "list_releases")["releases"]
    assert {row["release"]: row["canary"] for row in listed} == {
        "TINY/ONE@1": None,
        "TINY/ONE@2": None,
        "TINY/ONE@3": {"share": 10, "paused": ""},
    }


@pytest.mark.parametrize(("paused", "words"), [(False, "(canary, 10 %)"), (True, "(canary, paused) damaged")])
def test_list_releases_tells_of_canaries_in_words(canary: Canary, capsys: Output, paused: bool, words: str) -> None:
    if paused:
        canaries.pause(canary.pk, "damaged", refused=True)
    call_command("list_releases")
    (told,) = [row for row in capsys.readouterr().out.splitlines() if row.startswith("TINY/ONE@3")]
    assert told.endswith(words)


def test_list_releases_tells_nothing_of_what_has_ended(canary: Canary, capsys: Output) -> None:
    canaries.stop(canary.line)
    assert {row["canary"] for row in answer(capsys, "list_releases")["releases"]} == {None}
