"""What the demo ships."""

import json
from pathlib import Path

from PIL import Image

from demo.photo import LARGEST, PHOTO

DEMO = Path(__file__).parents[2] / "demo"


def test_the_demo_photo_fits_into_its_limit() -> None:
    assert PHOTO.stat().st_size <= LARGEST


def test_the_demo_photo_is_a_jpeg_with_known_and_unknown_products() -> None:
    truth = json.loads(PHOTO.with_suffix(".truth.json").read_text())
    unknown = sum(facing["sku"] is None for facing in truth)
    assert Image.open(PHOTO).format == "JPEG"
    assert len(truth) - unknown >= 20
    assert unknown >= 3


def test_every_font_comes_with_its_licence() -> None:
    fonts = [path for path in (DEMO / "fonts").iterdir() if path.suffix in (".otf", ".ttf")]
    assert len(list((DEMO / "fonts").glob("LICENSE-*.txt"))) == len(fonts)
