"""Photos that were being read when a process died: the third time, none of them is read again. Needs no torch.

A process notes in a file of its own what it has in hand. What the file of a dead process names gets a strike; while a
photo with a strike is in hand, a crash is laid at its door alone. A photo that is answered after all is cleared.
"""

import fcntl
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from inference.image_errors import ImageRefused

MOST_STRIKES = 2
FORGIVEN_AFTER = 7 * 24 * 3600
"""Seconds after its last strike."""
LONGEST_JOURNAL = 1 << 16
"""Bytes after which it is written anew with what is in hand."""


class Suspects:
    """folder: shared by all processes of a machine. photo: the sha256 of its bytes.

    A folder that cannot be written costs the memory of what crashed, and no prediction.
    """

    def __init__(self, folder: Path) -> None:
        self._strikes = folder / "strikes"
        self._journals = folder / "in_hand"
        self._lock = folder / "lock"
        self._guard = threading.Lock()
        self._in_hand = Counter[str]()
        self._journal: BinaryIO | None = None
        with suppress(OSError):
            self._open()

    def strikes(self, photo: str) -> int:
        try:
            return (self._strikes / photo).stat().st_size
        except OSError:
            return 0

    def check(self, photo: str) -> None:
        """Raises ImageRefused for a photo that has killed a process twice."""
        if self.strikes(photo) >= MOST_STRIKES:
            raise ImageRefused

    @contextmanager
    def in_hand(self, photo: str) -> Iterator[None]:
        self.begin(photo)
        try:
            yield
        finally:
            self.end(photo)

    def begin(self, photo: str) -> None:
        if photo:
            self._note(photo, +1)

    def end(self, photo: str) -> None:
        if photo:
            self._note(photo, -1)

    def condemn(self, photo: str) -> None:
        """One that has killed every process that tried it, which none of them can tell."""
        with suppress(OSError):
            for _ in range(self.strikes(photo), MOST_STRIKES):
                self._strike(photo)

    def clear(self, photo: str) -> None:
        with suppress(OSError):
            (self._strikes / photo).unlink(missing_ok=True)

    def _note(self, photo: str, change: int) -> None:
        with self._guard, suppress(OSError):
            self._in_hand[photo] += change
            if not self._in_hand[photo]:
                del self._in_hand[photo]
            if self._journal is None:
                return
            if self._journal.tell() > LONGEST_JOURNAL:
                self._journal.seek(0)
                self._journal.truncate()
                self._journal.write(b"".join(_line(+1, photo) for photo in self._in_hand.elements()))
            else:
                self._journal.write(_line(change, photo))

    def _open(self) -> None:
        """Processes that start together take turns: each would strike for the same crash, or collect a journal that
        its owner has not locked yet."""
        for folder in (self._strikes, self._journals):
            folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("wb") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            for journal in self._journals.iterdir():
                with suppress(OSError):  # gone, or another user's: one that cannot be read costs no other
                    self._collect(journal)
            self._forgive()
            name = f"{os.getpid()}-{time.time_ns()}"
            self._journal = (self._journals / name).open("wb", buffering=0)
            fcntl.flock(self._journal, fcntl.LOCK_EX)

    def _collect(self, journal: Path) -> None:
        """A process that lives holds the lock of its journal."""
        with journal.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            in_hand = _left_in(file.read().decode(errors="replace"))
            known = [photo for photo in in_hand if self.strikes(photo)]
            for photo in known or in_hand:
                self._strike(photo)
            journal.unlink(missing_ok=True)

    def _strike(self, photo: str) -> None:
        with (self._strikes / photo).open("ab") as file:
            file.write(b"x")

    def _forgive(self) -> None:
        for strikes in self._strikes.iterdir():
            with suppress(FileNotFoundError):  # cleared in this moment
                if time.time() - strikes.stat().st_mtime > FORGIVEN_AFTER:
                    strikes.unlink()


def _line(change: int, photo: str) -> bytes:
    return f"{change:+d} {photo}\n".encode()


def _left_in(journal: str) -> list[str]:
    """Photos that were begun and not ended."""
    counts = Counter[str]()
    for line in journal.splitlines():
        change, _, photo = line.partition(" ")
        if len(photo) == 64 and photo.isalnum():
            counts[photo] += 1 if change == "+1" else -1
    return [photo for photo, count in counts.items() if count > 0]
