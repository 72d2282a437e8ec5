"""The examples of both versions, taken from the pages of a running demo, and a photo for them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.demo_service import Demo
from tests.examples.served import served_examples

LONGEST_FOR_A_SHELL = 90_000


@pytest.fixture(scope="session")
def current(demo: Demo) -> dict[str, str]:
    return served_examples(f"{demo.url}/")


@pytest.fixture(scope="session")
def version_1(demo: Demo) -> dict[str, str]:
    return served_examples(f"{demo.url}/docs/v1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds a photo under the names both versions use, nearly as large as a shell can take."""
    noise = np.random.default_rng(3).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    photo = tmp_path / "shelf_photo.jpg"
    Image.fromarray(noise).save(photo, quality=92)
    assert 60_000 < photo.stat().st_size < LONGEST_FOR_A_SHELL
    (tmp_path / "product_image.jpg").write_bytes(photo.read_bytes())
    return tmp_path
