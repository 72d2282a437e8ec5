"""The commands of the rebuild run by themselves."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAGES = ("training_photos", "train_detector", "train_encoders", "build_release", "report", "photo", "evaluation.heads")


def test_no_stage_of_the_rebuild_needs_a_database_or_settings() -> None:
    code = "; ".join(f"import demo.{stage}" for stage in STAGES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr
