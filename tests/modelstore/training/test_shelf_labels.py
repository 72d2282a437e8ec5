"""Labels of shelf photos, in the two formats that labelling tools export."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modelstore.errors import TrainingRefused
from modelstore.training.shelf_labels import shelf_photos

WIDTH, HEIGHT = 80, 40


def photo(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (WIDTH, HEIGHT), (90, 120, 60)).save(path)
    return path


def coco(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "one.jpg", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 5, "name": "CLIFF_RED_1L"}, {"id": 6, "name": "Unknown"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 5, "bbox": [10, 5, 20, 30]},
            {"id": 2, "image_id": 1, "category_id": 6, "bbox": [40, 5, 20, 30]},
        ],
        **changes,
    }


@pytest.fixture
def labelled(tmp_path: Path) -> Callable[[Any], Path]:
    """A COCO file with that content, beside its photo."""

    def write(document: Any) -> Path:
        photo(tmp_path / "one.jpg")
        (tmp_path / "labels.json").write_text(document if isinstance(document, str) else json.dumps(document))
        return tmp_path / "labels.json"

    return write


def yolo(folder: Path, lines: str, names: str = "[CLIFF_RED_1L, other]", split: str = "train/") -> Path:
    photo(folder / "images" / split / "one.jpg")
    (folder / "labels" / split).mkdir(parents=True)
    (folder / "labels" / split / "one.txt").write_text(lines)
    (folder / "data.yaml").write_text(f"train: images/train\nnames: {names}\n")
    return folder


def test_coco_boxes_are_corners_in_pixels(labelled: Callable[[Any], Path]) -> None:
    (found,) = shelf_photos(labelled(coco()))
    assert found.boxes.tolist() == [[10, 5, 30, 35], [40, 5, 60, 35]]
    assert found.skus == ("CLIFF_RED_1L", None)


def test_coco_photos_may_lie_in_images(tmp_path: Path) -> None:
    photo(tmp_path / "images" / "one.jpg")
    (tmp_path / "labels.json").write_text(json.dumps(coco()))
    assert shelf_photos(tmp_path / "labels.json")[0].path.parent.name == "images"


@pytest.mark.parametrize("names", ["[CLIFF_RED_1L, other]", "{0: CLIFF_RED_1L, 1: other}"])
@pytest.mark.parametrize("split", ["train/", ""])
def test_yolo_boxes_are_shares_of_the_photo(tmp_path: Path, names: str, split: str) -> None:
    (found,) = shelf_photos(yolo(tmp_path, "0 0.25 0.5 0.25 0.75\n1 0.625 0.5 0.25 0.75\n", names, split))
    np.testing.assert_allclose(found.boxes, [[10, 5, 30, 35], [40, 5, 60, 35]])
    assert found.skus == ("CLIFF_RED_1L", None)


def test_yolo_polygons_become_boxes(tmp_path: Path) -> None:
    (found,) = shelf_photos(yolo(tmp_path, "0 0.125 0.5 0.25 0.125 0.375 0.5 0.25 0.875"))
    np.testing.assert_allclose(found.boxes, [[10, 5, 30, 35]])


def test_a_box_that_reaches_beyond_the_photo_is_cut_there(labelled: Callable[[Any], Path]) -> None:
    reaching = [{"id": 1, "image_id": 1, "category_id": 5, "bbox": [70, 30, 50, 50]}]
    assert shelf_photos(labelled(coco(annotations=reaching)))[0].boxes.tolist() == [[70, 30, WIDTH, HEIGHT]]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "not in COCO's or YOLO's format"),
        ("[]", "not in COCO's or YOLO's format"),
        ({"images": []}, "not in COCO's or YOLO's format"),
        (coco(annotations=[]), "labels no product"),
        (
            coco(annotations=[{"id": 9, "image_id": 7, "category_id": 5, "bbox": [0, 0, 9, 9]}]),
            "annotation 9 labels a photo",
        ),
        (coco(annotations=[{"id": 9, "image_id": 1, "category_id": 5, "bbox": [90, 0, 9, 9]}]), "outside the photo"),
        (coco(annotations=[{"id": 9, "image_id": 1, "category_id": 5, "bbox": [9, 9, 0, 9]}]), "or is empty"),
        (coco(annotations=[{"id": 9, "image_id": 1, "category_id": 8, "bbox": [0, 0, 9, 9]}]), "not in COCO's"),
        (coco(images=[{"id": 1, "file_name": "gone.jpg"}]), "there is no such photo"),
        (coco(images=[{"id": 1, "file_name": "../../etc/passwd"}]), "there is no such photo"),
    ],
)
def test_coco_files_that_cannot_be_meant_are_refused(
    labelled: Callable[[Any], Path], document: Any, words: str
) -> None:
    with pytest.raises(TrainingRefused, match=words):
        shelf_photos(labelled(document))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("0 nan 0.5 0.1 0.1", "outside the photo or is empty"),
        ("0 1.5 0.5 0.1 0.1", "outside the photo"),
        ("7 0.5 0.5 0.1 0.1", "not in COCO's or YOLO's format"),
        ("zero 0.5 0.5 0.1 0.1", "not in COCO's or YOLO's format"),
        ("", "labels no product"),
    ],
)
def test_yolo_labels_that_cannot_be_meant_are_refused(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        shelf_photos(yolo(tmp_path, lines))


def test_yolo_labels_without_their_photo_are_refused(tmp_path: Path) -> None:
    folder = yolo(tmp_path, "0 0.5 0.5 0.1 0.1")
    next(folder.rglob("one.jpg")).unlink()
    with pytest.raises(TrainingRefused, match="labels no photo"):
        shelf_photos(folder)


@pytest.mark.parametrize(("name", "words"), [("gone.json", "cannot be read"), ("", "holds no data.yaml")])
def test_a_source_that_is_not_there_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        shelf_photos(tmp_path / name)
