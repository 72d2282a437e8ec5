"""The process that looks into files has no network, no files, no secrets and no time to waste."""

import subprocess
import sys
from pathlib import Path

import pytest

from inference.importing import sandbox
from inference.importing.errors import ImportRefused
from inference.importing.sandbox import ROOT, examined
from tests.inference.importing import yolov8
from tests.inference.importing.hostile import archive, pickled

LOCKED = (
    "import os, socket, subprocess, sys; sys.path.insert(0, sys.argv[1]); "
    "from inference.importing.confined import lock; {before}lock(2**30); {after}"
)


def after_the_lock(code: str, before: str = "") -> str:
    """The last line on stderr of a process that locks itself and then runs the code."""
    command = [sys.executable, "-I", "-S", "-c", LOCKED.format(before=before, after=code), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else "done"


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', 9))",
        "open('/etc/hostname')",
        "open('/dev/null', 'w')",
        "os.listdir('/')",
        "os.pipe()",
        "subprocess.run(['true'])",
    ],
)
def test_nothing_can_be_opened_or_started(code: str) -> None:
    assert "Too many open files" in after_the_lock(code)


def test_a_file_that_is_open_cannot_be_written(tmp_path: Path) -> None:
    """What would still go through an open descriptor is stopped by the limit on file sizes."""
    file = tmp_path / "open"
    after_the_lock("f.write(b'x'); f.flush()", f"f = open({str(file)!r}, 'wb'); ")
    assert file.read_bytes() == b""


def test_standard_output_is_all_that_is_left() -> None:
    assert after_the_lock("sys.stdout.write('an answer')") == "done"


def test_looking_into_a_file_imports_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import inference.importing.confined; "
        "print({'torch', 'numpy'} & {name.split('.')[0] for name in sys.modules})"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(ROOT)]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout == "set()\n"


def test_it_is_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for strangers")
    monkeypatch.setattr(sandbox, "START", "import json, os; print(json.dumps({'refused': str(dict(os.environ))}))")
    with yolov8.checkpoint(tmp_path / "best.pt").open("rb") as file, pytest.raises(ImportRefused) as told:
        examined(file)
    assert "SECRET_KEY" not in str(told.value)


@pytest.mark.parametrize(
    "end",
    ["import os; os.kill(os.getpid(), 9)", "raise SystemExit(3)", "'' + 1"],
    ids=["killed by a limit", "ended", "broken"],
)
def test_a_process_without_an_answer_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(sandbox, "START", end)
    with (
        yolov8.checkpoint(tmp_path / "best.pt").open("rb") as file,
        pytest.raises(ImportRefused, match="broke a limit"),
    ):
        examined(file)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "{}",
        '{"layout": 7}',
        '{"layout": {"architecture": {}, "image_size": "640", "classes": [], "tensors": {}}}',
        '{"layout": {"architecture": {}, "image_size": 640, "classes": [], "tensors": {"a": {}}}}',
    ],
)
def test_an_answer_of_another_form_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(sandbox, "START", f"print({answer!r})")
    with yolov8.checkpoint(tmp_path / "best.pt").open("rb") as file, pytest.raises(ImportRefused, match="damaged"):
        examined(file)


def test_a_small_pickle_that_means_terabytes_is_refused(tmp_path: Path) -> None:
    laughs: list[object] = ["ha"] * 99
    for _ in range(20):
        laughs = [laughs] * 99
    bomb = b"\x80\x02}X\x05\x00\x00\x00modelcultralytics.nn.tasks\nDetectionModel\n)\x81" + (
        pickled({"yaml": {"backbone": laughs}})[2:-1] + b"bs."
    )
    with archive(tmp_path / "bomb.pt", bomb).open("rb") as file, pytest.raises(ImportRefused, match="far larger"):
        examined(file)
