"""Starts the confined process on a file, and reads its answer."""

import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from inference.importing.errors import ImportRefused
from inference.importing.layout import Layout, loads

SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]
# Isolated mode looks for modules in no folder of ours: neither the file's own, nor where the command was given.
START = "import sys; sys.path.insert(0, sys.argv[1]); from inference.importing.confined import main; main()"


def examined(file: BinaryIO) -> Layout:
    """The layout of a regular file that is not empty. Raises ImportRefused.

    The process gets the file alone: no environment, no other open file.
    """
    command = [sys.executable, "-I", "-S", "-c", START, str(ROOT)]
    try:
        done = subprocess.run(  # noqa: S603 - nothing in the command comes from outside
            command, stdin=file, capture_output=True, env={}, cwd="/", timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(f"Looking into the file took more than {SECONDS} seconds: it is no detector's.") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
        reason = last or f"stopped by signal {-done.returncode}"
        raise ImportRefused(f"Looking into the file broke a limit on time or memory ({reason}). Give another file.")
    return loads(done.stdout)
