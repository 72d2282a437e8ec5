"""Which photos a process has died of, as its journal tells."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference.image_errors import ImageRefused
from inference.serving import suspects
from inference.serving.suspects import Suspects

POISON, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64


def die(folder: Path, *in_hand: str, ended: tuple[str, ...] = ()) -> None:
    """A process that dies with these in hand."""
    program = (
        "import os, signal; from pathlib import Path; from inference.serving.suspects import Suspects; "
        f"known = Suspects(Path({str(folder)!r})); "
        f"[known.begin(photo) for photo in {in_hand + ended!r}]; [known.end(photo) for photo in {ended!r}]; "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program], check=False, timeout=60)


def test_a_photo_that_was_in_hand_when_a_process_died_has_a_strike(tmp_path: Path) -> None:
    die(tmp_path, POISON)
    assert Suspects(tmp_path).strikes(POISON) == 1


def test_a_photo_that_had_been_ended_has_none(tmp_path: Path) -> None:
    die(tmp_path, POISON, ended=(OTHER,))
    assert Suspects(tmp_path).strikes(OTHER) == 0


def test_the_third_time_it_is_refused(tmp_path: Path) -> None:
    for _ in range(2):
        Suspects(tmp_path).check(POISON)
        die(tmp_path, POISON)
    with pytest.raises(ImageRefused):
        Suspects(tmp_path).check(POISON)


def test_a_crash_while_a_suspect_is_in_hand_is_laid_at_its_door_alone(tmp_path: Path) -> None:
    die(tmp_path, POISON)
    die(tmp_path, POISON, OTHER, THIRD)
    known = Suspects(tmp_path)
    assert [known.strikes(photo) for photo in (POISON, OTHER, THIRD)] == [2, 0, 0]


def test_a_photo_that_was_answered_after_all_is_cleared(tmp_path: Path) -> None:
    die(tmp_path, POISON)
    known = Suspects(tmp_path)
    known.clear(POISON)
    assert known.strikes(POISON) == 0


def test_what_a_living_process_has_in_hand_is_no_suspect(tmp_path: Path) -> None:
    living = Suspects(tmp_path)
    with living.in_hand(POISON):
        assert Suspects(tmp_path).strikes(POISON) == 0


def test_a_photo_that_two_requests_have_in_hand_is_in_hand_until_both_have_ended(tmp_path: Path) -> None:
    die(tmp_path, POISON, POISON, ended=())
    assert Suspects(tmp_path).strikes(POISON) == 1


def test_strikes_are_forgiven_after_a_week(tmp_path: Path) -> None:
    die(tmp_path, POISON)
    Suspects(tmp_path)
    old = time.time() - suspects.FORGIVEN_AFTER - 60
    os.utime(tmp_path / "strikes" / POISON, (old, old))
    assert Suspects(tmp_path).strikes(POISON) == 0


def test_a_folder_that_cannot_be_written_holds_up_no_photo(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    known = Suspects(tmp_path / "taken")
    with known.in_hand(POISON):
        known.check(POISON)


def test_a_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    known = Suspects(tmp_path)
    for _ in range(3000):
        with known.in_hand(POISON):
            pass
    (journal,) = (tmp_path / "in_hand").iterdir()
    assert journal.stat().st_size < 2 * suspects.LONGEST_JOURNAL
    die(tmp_path, OTHER)
    assert Suspects(tmp_path).strikes(OTHER) == 1
