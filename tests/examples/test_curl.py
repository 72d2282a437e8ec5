import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed.")


def answer_to(example: str, folder: Path) -> Any:
    done = subprocess.run(["bash"], input=example, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_curl_example_reads_a_shelf(current: dict[str, str], folder: Path) -> None:
    assert answer_to(current["curl"], folder)["detections"]


def test_the_curl_example_of_version_1_reads_a_shelf(version_1: dict[str, str], folder: Path) -> None:
    assert answer_to(version_1["curl"], folder)["predictions"]
