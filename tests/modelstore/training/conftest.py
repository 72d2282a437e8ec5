"""Reference photos that are easy to tell apart, and a release whose encoders see them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django import Settings

from modelstore.models import Release
from modelstore.publishing import activate
from tests.modelstore.conftest import Published
from tests.modelstore.test_activation import no_proof

Shop = Callable[..., Path]
Colour = tuple[int, int, int]
COLOURS: dict[str, Colour] = {
    "CLIFF_RED_1L": (200, 30, 30),
    "CLIFF_GREEN_1L": (30, 180, 40),
    "CLIFF_BLUE_1L": (30, 40, 200),
}


def draw(path: Path, colour: Colour, seed: int) -> Path:
    """A noisy photo of that colour: never the same file twice."""
    rng = np.random.default_rng(seed)
    pixels = np.array(colour) + rng.normal(scale=25, size=(90, 60, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Writes a folder of photos for each SKU."""

    def write(photos: int = 6, colours: dict[str, Colour] = COLOURS) -> Path:
        for row, (sku, colour) in enumerate(colours.items()):
            for number in range(photos):
                draw(tmp_path / "photos" / sku / f"{number}.jpg", colour, 100 * row + number)
        return tmp_path / "photos"

    return write


@pytest.fixture
def active(published: Published, tmp_path: Path, settings: Settings) -> Release:
    """TINY/ONE@1, whose networks others may use."""
    settings.EMBEDDING_CACHE = tmp_path / "embeddings"
    release = published()
    activate(release, no_proof)
    return release
