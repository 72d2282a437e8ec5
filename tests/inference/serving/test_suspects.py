"""Which photos a process has died of, as its journal tells."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from inference.image_errors import ImageRefused
from inference.serving import suspects
from inference.serving.suspects import Suspects

POISON, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64


def die(folder: Path, *in_hand: str, ended: tuple[str, ...] = (), times: int = 1) -> None:
    """A process that dies with these in hand. ended: what it has read so many times meanwhile."""
    program = (
        "import os, signal; from pathlib import Path; from inference.serving.suspects import Suspects; "
        f"known = Suspects(Path({str(folder)!r})); "
        f"[known.begin(photo) for photo in {in_hand!r}]; "
        f"[(known.begin(photo), known.end(photo)) for photo in {ended!r} * {times}]; "
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


def test_a_journal_does_not_grow_for_ever_while_there_is_always_something_in_hand(tmp_path: Path) -> None:
    known = Suspects(tmp_path)
    with known.in_hand(POISON):
        for _ in range(3000):
            with known.in_hand(OTHER):
                pass
        (journal,) = (tmp_path / "in_hand").iterdir()
        assert journal.stat().st_size < 2 * suspects.LONGEST_JOURNAL


def test_a_journal_that_was_written_anew_still_names_what_is_in_hand(tmp_path: Path) -> None:
    die(tmp_path, POISON, ended=(OTHER,), times=3000)
    known = Suspects(tmp_path)
    assert [known.strikes(photo) for photo in (POISON, OTHER)] == [1, 0]


def test_a_journal_that_cannot_be_read_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    die(tmp_path, POISON)
    (tmp_path / "in_hand" / "0").mkdir()
    assert Suspects(tmp_path).strikes(POISON) == 1


def first_of_two(folder: Path, monkeypatch: pytest.MonkeyPatch, moment: Callable[[BinaryIO, int], bool]) -> Suspects:
    """Of a process while another starts, at the moment at which the first is about to lock a file in this way."""
    real, seconds = fcntl.flock, list[threading.Thread]()

    def flock(file: BinaryIO, operation: int) -> None:
        if not seconds and moment(file, operation):
            seconds.append(threading.Thread(target=Suspects, args=(folder,)))
            seconds[0].start()
            seconds[0].join(0.3)  # it is through before the first goes on, or waits for its turn
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    first = Suspects(folder)
    seconds[0].join()
    return first


def journals(folder: Path) -> int:
    return len(list((folder / "in_hand").iterdir()))


def test_two_processes_that_start_after_one_crash_give_one_strike_and_have_a_journal_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    die(tmp_path, POISON)
    first = first_of_two(tmp_path, monkeypatch, lambda _, operation: bool(operation & fcntl.LOCK_NB))
    assert (first.strikes(POISON), journals(tmp_path)) == (1, 2)


def test_a_journal_that_its_owner_is_about_to_lock_is_not_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def own(file: BinaryIO, operation: int) -> bool:
        return operation == fcntl.LOCK_EX and Path(file.name).parent.name == "in_hand"

    first = first_of_two(tmp_path, monkeypatch, own)
    assert (first.strikes(POISON), journals(tmp_path)) == (0, 2)
