"""What training shows the network: photos as serving shows them, and as other cameras would."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image

from inference.detector import letterbox
from modelstore.training.detector.augmentation import augmented
from modelstore.training.detector.batches import _Photos, batches
from modelstore.training.detector.boxes import Truth
from modelstore.training.detector.pictures import Sample, collated, no_boxes, windowed, within
from modelstore.training.shelf_labels import ShelfPhoto
from tests.modelstore.training.detector.drawn_shelves import pixels

Box = Sequence[float]


def truth(path: Path, boxes: Sequence[Box] = (), unsure: Sequence[Box] = ()) -> Truth:
    tables = [np.array(table, np.float32).reshape(-1, 4) for table in (boxes, unsure)]
    return Truth(ShelfPhoto(path, tables[0].astype(float), ()), tables[0], no_boxes(), tables[1])


def red_box(path: Path, size: tuple[int, int], box: Box, turned: int = 1) -> Truth:
    """A grey photo with one red box, its EXIF orientation as given; the box is where an upright photo has it."""
    upright = Image.new("RGB", size, (128, 128, 128))
    upright.paste((250, 10, 10), tuple(map(int, box)))
    stored = upright.transpose(Image.Transpose.ROTATE_90) if turned == 6 else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    stored.save(path, exif=exif, quality=95)
    return truth(path, [box])


def redness(sample: Sample, box: Box) -> float:
    x1, y1, x2, y2 = (round(float(side)) for side in box)
    inside = sample.image[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1].astype(int)
    return float((inside[..., 0] > inside[..., 1] + 60).mean())


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (90, 60), (1500, 400)])
@pytest.mark.parametrize("turned", [1, 6])
def test_boxes_stay_on_their_products_whatever_the_size_and_orientation_of_the_photo(
    tmp_path: Path, size: tuple[int, int], turned: int
) -> None:
    box = (size[0] * 0.3, size[1] * 0.3, size[0] * 0.6, size[1] * 0.7)
    reduced = _Photos([red_box(tmp_path / "one.jpg", size, box, turned)], 160).reduced(0)
    rng = np.random.default_rng(0)
    for _ in range(20):
        shown = windowed(reduced.larger, 160, 160, rng)
        assert all(redness(shown, part) > 0.9 for part in shown.boxes)
    assert redness(reduced.served, reduced.served.boxes[0]) > 0.9


def test_a_photo_as_served_is_letterboxed_as_serving_does(tmp_path: Path) -> None:
    known = red_box(tmp_path / "one.png", (333, 222), (50, 50, 150, 150))
    expected, _, _, _ = letterbox(pixels(known.photo), 160)
    served = _Photos([known], 160).reduced(0).served.image
    shown = torch.from_numpy(served[: expected.shape[2], : expected.shape[3]].copy()).permute(2, 0, 1) / 255
    assert torch.allclose(shown, expected[0], atol=0.5 / 255 + 1e-6)


def test_some_samples_are_exactly_as_served(tmp_path: Path) -> None:
    reduced = _Photos([red_box(tmp_path / "one.png", (333, 222), (50, 50, 150, 150))], 160).reduced(0)
    rng = np.random.default_rng(0)
    made = [augmented(reduced.served, reduced.larger, 160, rng).image for _ in range(100)]
    assert any((image == reduced.served.image).all() for image in made)


def test_products_that_a_window_hardly_shows_are_spared_and_so_are_tiny_ones() -> None:
    boxes = np.array([[0, 0, 50, 50], [90, 0, 140, 50], [60, 60, 64, 64], [200, 0, 240, 50]], np.float32)
    shown = within(Sample(np.zeros((100, 100, 3), np.uint8), boxes), (0, 0, 100, 100))
    assert shown.boxes.tolist() == [[0, 0, 50, 50]]
    assert shown.spared.tolist() == [[90, 0, 100, 50], [60, 60, 64, 64]]


def test_batches_are_the_same_for_the_same_seed_and_hold_each_photo_once_a_turn(tmp_path: Path) -> None:
    truths = []
    for number in range(8):
        Image.new("RGB", (100, 80), (0, 0, 0)).save(tmp_path / f"{number}.png")
        truths.append(truth(tmp_path / f"{number}.png", [(10, 10, 20 + 5 * number, 60)]))
    first, second = (next(batches(truths, 96, 5)) for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert first["batch_idx"].unique().tolist() == list(range(8))


def test_batches_of_photos_without_any_box_are_batches(tmp_path: Path) -> None:
    Image.new("RGB", (100, 80)).save(tmp_path / "one.png")
    batch = next(batches([truth(tmp_path / "one.png")], 96, 5))
    assert (batch["bboxes"].shape, batch["spared"].shape) == ((0, 4), (0, 5))


def test_products_that_nobody_labelled_are_learnt_like_labelled_ones(tmp_path: Path) -> None:
    Image.new("RGB", (96, 96)).save(tmp_path / "one.png")
    one = truth(tmp_path / "one.png", [(10, 10, 40, 60)], [(70, 10, 90, 60)])
    reduced = _Photos([replace(one, others=np.array([[45, 10, 65, 60]], np.float32))], 96).reduced(0)
    assert reduced.served.boxes.tolist() == [[10, 10, 40, 60], [45, 10, 65, 60]]
    assert reduced.served.spared.tolist() == [[70, 10, 90, 60]]


def test_photos_beyond_the_memory_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelstore.training.detector.batches._MEMORY", 100_000)
    truths = []
    for number in range(3):
        Image.new("RGB", (100, 80), (number, 0, 0)).save(tmp_path / f"{number}.png")
        truths.append(truth(tmp_path / f"{number}.png"))
    photos = _Photos(truths, 96)
    again = [photos.reduced(number) is photos.reduced(number) for number in range(3)]
    assert again == [True, False, False]


def test_the_relative_boxes_of_a_batch_are_centres_and_sizes() -> None:
    sample = Sample(np.zeros((100, 100, 3), np.uint8), np.array([[10, 20, 30, 60]], np.float32))
    assert torch.allclose(collated([sample])["bboxes"], torch.tensor([[0.2, 0.4, 0.2, 0.4]]))
