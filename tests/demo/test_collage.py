"""Collages: products cut out of photos, here of drawn ones, on rendered shelves."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from demo.collage.photo import take_collage
from demo.collage.sources import cutouts
from demo.design import Product
from demo.invention import invent_designs
from demo.shelf.style import showcase_style

STYLE = showcase_style(320, 240, 900)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The layout of the real folders, with noise for photos."""
    _groceries(tmp_path / "joshrdc_groceries")
    _write(tmp_path / "softdrink_shelf_crops" / "cola" / "0.jpg", 60, 160)
    packages = tmp_path / "grocerystore_packages"
    for name in ("train/a.jpg", "val/b.jpg"):
        _write(packages / name, 348, 348)
    (packages / "train.txt").write_text("train/a.jpg, 1, 1\n")
    (packages / "val.txt").write_text("val/b.jpg, 1, 1\n")
    _write(tmp_path / "azure_fridge" / "positive" / "1.jpg", 348, 348)
    return tmp_path


def _groceries(folder: Path) -> None:
    _write(folder / "images" / "x.jpg", 400, 300)
    (folder / "labels").mkdir()
    (folder / "labels" / "x.txt").write_text(
        "3 0.25 0.1 0.5 0.1 0.5 0.9 0.25 0.9\n7 0.8 0.5 0.82 0.5 0.82 0.52 0.8 0.52\n"
    )


def _write(path: Path, width: int, height: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(0).integers(60, 200, (height, width, 3)).astype(np.uint8))


def products() -> list[Product]:
    return [Product(design) for design in invent_designs(np.random.default_rng(1), 3)]


def test_only_training_photos_are_cut_out(root: Path) -> None:
    assert [(one.source, one.name) for one in cutouts(root)] == [
        ("joshrdc", "x-0"), ("softdrink", "cola/0.jpg"), ("grocerystore", "a"),
    ]  # fmt: skip


def test_a_polygon_is_cut_along_its_outline(root: Path) -> None:
    cut = cutouts(root)[0]
    assert cut.height_mm / cut.width_mm == pytest.approx(2.4, rel=0.05)
    assert cut.pixels[120, 50, 3] == 255


def test_labels_drawn_on_raw_pixels_are_laid_on_raw_pixels(root: Path) -> None:
    _turned(root / "joshrdc_groceries" / "images" / "x.jpg")
    entry = {"path": "joshrdc_groceries/images/x.jpg", "boxes_fit": "raw pixels (label drawn without EXIF)"}
    (root / "manifest.json").write_text(json.dumps([entry]))
    cut = cutouts(root)[0]
    assert cut.height_mm / cut.width_mm == pytest.approx(2.4, rel=0.05)


def _turned(path: Path) -> None:
    """Say in the file that it is to be shown turned by a quarter."""
    picture = Image.open(path)
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(path, exif=exif)


def test_a_collage_shows_real_products_beside_drawn_ones(root: Path) -> None:
    photo = take_collage(1, products(), root, replace(STYLE, view_mm=1800.0))
    kinds = {facing.design is None for facing in photo.facings}
    assert kinds == {True, False}
    assert {facing.sku for facing in photo.facings} == {None}


def test_the_same_seed_makes_the_same_collage(root: Path) -> None:
    first, second = (take_collage(1, products(), root, STYLE) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert first.facings == second.facings


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="none of the folders"):
        take_collage(1, products(), tmp_path, STYLE)
