"""Whatever a checkpoint names besides parts of a detector: refused, and not run."""

import pickletools
import zipfile
from pathlib import Path

import pytest
import torch

from inference.importing.conversion import convert
from inference.importing.errors import ImportRefused
from inference.importing.inert_pickle import NOTHING_TO_DO, STEPS, VALUES
from inference.importing.known_names import KNOWN
from tests.inference.importing import yolov8
from tests.inference.importing.hostile import PAYLOADS, archive, pickled

RUNNING = ["os.system", "builtins.eval", "builtins.exec", "builtins.open", "setstate", "new"]


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def hostile(request: pytest.FixtureRequest, tmp_path: Path, canary: Path) -> Path:
    """A sound checkpoint with a payload beside its network."""
    payload = PAYLOADS[request.param](canary)
    return yolov8.save(tmp_path / "hostile.pt", model=yolov8.saved(), train_metrics=payload)


@pytest.mark.parametrize("hostile", RUNNING, indirect=True)
def test_the_canary_sings_for_a_reader_that_trusts_the_file(hostile: Path, canary: Path) -> None:
    """Otherwise its silence below would say nothing."""
    torch.load(hostile, weights_only=False)
    assert canary.exists()


@pytest.mark.parametrize("hostile", PAYLOADS, indirect=True)
def test_a_checkpoint_that_names_anything_else_is_refused(hostile: Path) -> None:
    with pytest.raises(ImportRefused, match="no part of a YOLOv8 detector; it was not run"):
        convert(hostile)


@pytest.mark.parametrize("hostile", RUNNING, indirect=True)
def test_nothing_in_it_is_run(hostile: Path, canary: Path) -> None:
    with pytest.raises(ImportRefused):
        convert(hostile)
    assert not canary.exists()


@pytest.mark.parametrize(
    ("hostile", "name"), [("os.system", "system"), ("torch.hub.load", "torch.hub.load")], indirect=["hostile"]
)
def test_the_refusal_says_what_it_names(hostile: Path, name: str) -> None:
    with pytest.raises(ImportRefused, match=rf"`[\w.]*{name}`"):
        convert(hostile)


def assembled(*lines: bytes) -> bytes:
    return b"\x80\x02" + b"".join(lines) + b"."


NETWORK = b"cultralytics.nn.tasks\nDetectionModel\n"
CRAFTED = {
    "a state for a class": assembled(NETWORK, b"}X\x01\x00\x00\x00aK\x01sb"),
    "a call of a number": assembled(b"K\x01)R"),
    "a call of what a known name returns": assembled(b"ccollections\nOrderedDict\n)R)R"),
    "arguments that are no tuple": assembled(NETWORK, b"]R"),
    "items for a list": assembled(b"]K\x01K\x02s"),
    "an empty stack": assembled(),
    "a memo that is not there": assembled(b"h\x07"),
    "no end": b"\x80\x02}",
    "a mark that is not there": assembled(b"t"),
    "the network is a number": assembled(b"}X\x05\x00\x00\x00modelK\x01s"),
    "the network is a name": assembled(b"}X\x05\x00\x00\x00model", NETWORK, b"s"),
    "a network without a state": assembled(b"}X\x05\x00\x00\x00model", NETWORK, b")\x81s"),
    "an instance in protocol 0": assembled(b"(i", b"os\nsystem\n"),
    "an extension": assembled(b"\x82\x01"),
    "a persistent id in text": assembled(b"Pstorage\n"),
    "a name with a line of control characters": assembled(b"cos\x1b[2J\nsystem\n"),
    "not a pickle": b"\xff\xfe\xfd",
    "nothing": b"",
}


@pytest.mark.parametrize("crafted", CRAFTED.values(), ids=CRAFTED.keys())
def test_a_crafted_pickle_is_refused_in_one_sentence(tmp_path: Path, crafted: bytes) -> None:
    with pytest.raises(ImportRefused) as refusal:
        convert(archive(tmp_path / "crafted.pt", crafted))
    assert str(refusal.value).isprintable()


def test_a_structure_that_contains_itself_is_refused(tmp_path: Path) -> None:
    endless: dict[str, object] = {}
    endless["yaml"] = endless
    with pytest.raises(ImportRefused):
        convert(archive(tmp_path / "endless.pt", pickled({"model": endless})))


def test_no_known_name_can_run_anything() -> None:
    """They are never looked up; even so, none is a function that opens, evaluates, imports or fetches."""
    functions = {str(name) for name in KNOWN if name.name[0].islower() or name.name[0] == "_"}
    assert functions == {
        *("__builtin__.dict", "__builtin__.list", "__builtin__.set", "builtins.dict", "builtins.list", "builtins.set"),
        *("torch._utils._rebuild_parameter", "torch._utils._rebuild_tensor_v2", "collections.defaultdict"),
        *("numpy.dtype", "numpy.float32", "numpy.float64", "numpy.core.multiarray.scalar"),
        *("numpy._core.multiarray.scalar", "_codecs.encode", "torch.device", "ultralytics.utils.loss.v8DetectionLoss"),
        *("torch.bfloat16", "torch.bool", "torch.float16", "torch.float32", "torch.float64", "torch.int32"),
        *("torch.int64", "torch.uint8", "ultralytics.yolo.utils.loss.v8DetectionLoss"),
    }


def test_what_ultralytics_saves_uses_no_opcode_that_is_not_read(tmp_path: Path) -> None:
    file = yolov8.checkpoint(tmp_path / "best.pt")
    with zipfile.ZipFile(file) as members:
        used = {opcode.name for opcode, _, _ in pickletools.genops(members.read("best/data.pkl"))}
    assert used <= {*STEPS, *VALUES, *NOTHING_TO_DO, "STOP"}
