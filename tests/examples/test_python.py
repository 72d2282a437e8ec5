import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image


def printed_by(example: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=folder, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def printed(current: dict[str, str], folder: Path) -> str:
    return printed_by(current["python"], folder)


def test_the_python_example_lists_what_it_found(printed: str) -> None:
    assert re.search(r"Detected [1-9]\d* products:\n  TINY_\S+  conf=\d+%  box=\[\d+, \d+, \d+, \d+\]", printed)


def test_the_python_example_prints_shares_of_shelf(printed: str) -> None:
    assert re.search(r"Share of Shelf:\n  TINY_\S+: \d+\.\d+%", printed)


def test_the_python_example_prints_the_quota(printed: str) -> None:
    assert re.search(r"Quota: [1-9]\d* / 1000000 used this month", printed)


def test_the_python_example_saves_the_annotated_picture(printed: str, folder: Path) -> None:
    with Image.open(folder / "annotated_shelf.jpg") as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 240))


def test_the_python_example_of_version_1_lists_what_it_found(version_1: dict[str, str], folder: Path) -> None:
    printed = printed_by(version_1["python"], folder)
    assert re.search(r"Found [1-9]\d* products\n  - TINY_\S+ \(\d+\.\d%\)", printed)
