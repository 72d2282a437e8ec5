"""Files that are no YOLOv8 detector: each a sentence that says what to do instead."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from ultralytics.nn.tasks import ClassificationModel, DetectionModel, SegmentationModel

from inference.importing.conversion import LARGEST_FILE, convert
from inference.importing.errors import ImportRefused
from tests.inference.importing import yolov8
from tests.inference.importing.hostile import archive, pickled

Make = Callable[[Path], Path]
YOLOV5 = b"\x80\x02}X\x05\x00\x00\x00modelcmodels.yolo\nDetectionModel\n)\x81s."


def written(data: bytes) -> Make:
    def write(folder: Path) -> Path:
        (folder / "file.pt").write_bytes(data)
        return folder / "file.pt"

    return write


def shortened(folder: Path) -> Path:
    file = yolov8.checkpoint(folder / "short.pt")
    os.truncate(file, file.stat().st_size // 2)
    return file


def huge(folder: Path) -> Path:
    with (folder / "huge.pt").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    return folder / "huge.pt"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.pt")
    return folder / "pipe.pt"


def legacy(folder: Path) -> Path:
    torch.save({"model": 1}, folder / "old.pt", _use_new_zipfile_serialization=False)
    return folder / "old.pt"


def saved(model: Callable[[], Any]) -> Make:
    return lambda folder: yolov8.save(folder / "other.pt", model=model())


def weights_alone(folder: Path) -> Path:
    return yolov8.save(folder / "state.pt", model=yolov8.saved().state_dict())


def changed(change: Callable[[Any], object]) -> Make:
    def make(folder: Path) -> Path:
        model = yolov8.trained()
        change(model)
        return yolov8.save(folder / "changed.pt", model=model)

    return make


def compressed(folder: Path) -> Path:
    return archive(folder / "deflated.pt", pickled({}), compression=zipfile.ZIP_DEFLATED)


def without_its_weights(folder: Path) -> Path:
    whole = yolov8.checkpoint(folder / "whole.pt")
    with zipfile.ZipFile(whole) as members:
        return archive(folder / "hollow.pt", members.read("whole/data.pkl"))


def big_endian(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "big.pt", "w") as members:
        members.writestr("big/data.pkl", pickled({}))
        members.writestr("big/byteorder", b"big")
    return folder / "big.pt"


def photos(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "photos.pt", "w") as members:
        members.writestr("photo.jpg", b"")
    return folder / "photos.pt"


def trained_on(pixels: int) -> Make:
    return lambda folder: yolov8.save(folder / "tiny.pt", model=yolov8.saved(), train_args={"imgsz": pixels})


def retold(name: str, value: Any) -> Callable[[Any], object]:
    return lambda model: model.yaml.update({name: value})


REFUSED: dict[str, tuple[Make, str]] = {
    "nothing there": (lambda folder: folder / "missing.pt", "cannot be read"),
    "a name with NUL": (lambda folder: folder / "a\0b.pt", "cannot be read"),
    "a folder": (lambda folder: folder, "is no file"),
    "a pipe": (pipe, "is no file"),
    "empty": (written(b""), "is empty"),
    "text": (written(b"Weights: see attachment.\n" * 99), "neither a torch checkpoint nor an ONNX"),
    "random bytes": (written(bytes(range(256)) * 99), "neither a torch checkpoint nor an ONNX"),
    "huge": (huge, "1024 MiB"),
    "shortened": (shortened, "damaged or incomplete"),
    "another zip": (photos, "no checkpoint as torch saves them"),
    "compressed": (compressed, "no checkpoint as torch saves them"),
    "without its weights": (without_its_weights, "damaged or incomplete"),
    "big-endian": (big_endian, "big-endian"),
    "torch before 1.6": (legacy, "Save it again with the ultralytics"),
    "weights alone": (weights_alone, "weights alone"),
    "a list": (lambda folder: archive(folder / "list.pt", pickled([1, 2])), "no network"),
    "classification": (saved(lambda: ClassificationModel("yolov8n-cls.yaml", verbose=False)), "ClassificationModel`"),
    "segmentation": (saved(lambda: SegmentationModel("yolov8n-seg.yaml", verbose=False)), "SegmentationModel`"),
    "YOLO11": (saved(lambda: DetectionModel("yolo11n.yaml", verbose=False)), "C3k2`"),
    "YOLOv5 of ultralytics": (saved(lambda: DetectionModel("yolov5n.yaml", verbose=False)), "C3`"),
    "YOLOv5 itself": (lambda folder: archive(folder / "v5.pt", YOLOV5), "`models.yolo.DetectionModel`"),
    "P6": (saved(lambda: DetectionModel("yolov8n-p6.yaml", verbose=False)), "64 pixels, and 32 are served"),
    "fused": (changed(lambda model: model.fuse(verbose=False)), "nobody fused"),
    "Python as activation": (changed(retold("activation", "__import__('os').abort()")), "a setting `activation`"),
    "a function as layer": (changed(retold("head", [[-1, 1, "torch_safe_load", []]])), "a layer that"),
    "more classes than weights": (changed(retold("nc", 7)), "has another shape"),
    "another scale than weights": (changed(retold("scale", "s")), "has another shape"),
    "a layer too few": (changed(lambda model: model.model.__delitem__(3)), "is missing|left over|shape"),
    "grey images": (saved(lambda: DetectionModel("yolov8n.yaml", ch=1, verbose=False)), "RGB"),
    "NaN": (changed(lambda model: model.model[0].conv.weight.data.fill_(torch.nan)), "training diverged"),
    "tiny images": (trained_on(8), "32 to 4096"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_with_the_reason(tmp_path: Path, make: Make, reason: str) -> None:
    file = make(tmp_path)
    with pytest.raises(ImportRefused, match=reason):
        convert(file)
