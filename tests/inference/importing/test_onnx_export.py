"""Any ONNX but ultralytics' export of a YOLOv8 detector is refused, however much it resembles one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from ultralytics import YOLO

from inference.importing.conversion import convert
from inference.importing.errors import ImportRefused
from inference.importing.onnx_graph import EXPORT
from tests.inference.importing import yolov8


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return yolov8.export(tmp_path_factory.mktemp("exported"))


Change = Callable[[ModelProto], object]


def noted(name: str, value: str) -> Change:
    def change(model: ModelProto) -> None:
        for entry in model.metadata_props:
            if entry.key == name:
                entry.value = value

    return change


def another_activation(model: ModelProto) -> None:
    for node in model.graph.node:
        if node.op_type == "Sigmoid":
            node.op_type = "HardSwish"


def weight(model: ModelProto, name: str = "model.0.conv.weight") -> TensorProto:
    return next(tensor for tensor in model.graph.initializer if tensor.name == name)


def replaced(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Another array in the place of the first convolution's weights."""

    def exchange(model: ModelProto) -> None:
        tensor = weight(model)
        tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor)), tensor.name))

    return exchange


def renamed(model: ModelProto) -> None:
    for node in model.graph.node:
        node.input[:] = [name.replace("model.3.", "onnx::Conv_") for name in node.input]
    for tensor in model.graph.initializer:
        tensor.name = tensor.name.replace("model.3.", "onnx::Conv_")


def packed_as_floats(model: ModelProto) -> None:
    tensor = weight(model)
    values = numpy_helper.to_array(tensor).ravel().tolist()
    tensor.ClearField("raw_data")
    tensor.float_data.extend(values)


def elsewhere(model: ModelProto) -> None:
    tensor = weight(model)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def quantised(model: ModelProto) -> None:
    model.graph.node.append(helper.make_node("QuantizeLinear", ["a", "b"], ["c"]))


CHANGES: dict[str, tuple[Change, str]] = {
    "another task": (noted("task", "classify"), "for the task `classify`"),
    "nothing noted": (lambda model: model.ClearField("metadata_props"), "without saying by whom"),
    "no image size": (noted("imgsz", "[]"), "which image size"),
    "an image size that is code": (noted("imgsz", "__import__('os').abort()"), "which image size"),
    "another activation": (another_activation, "computes `HardSwish`"),
    "quantised": (quantised, "computes `QuantizeLinear`"),
    "integers as weights": (replaced(lambda array: array.astype(np.int8)), "no floats"),
    "another width": (replaced(lambda array: array[:5].copy()), "no published YOLOv8"),
    "another kernel": (replaced(lambda array: array[:, :, :1, :1].copy()), "has another shape"),
    "numbers that are none": (replaced(lambda array: array * np.float32(np.nan)), "numbers that are none"),
    "weights by other names": (renamed, "is left over|is missing"),
    "weights that are packed otherwise": (packed_as_floats, "computed or packed"),
    "weights in another file": (elsewhere, "in other files"),
    "no weights": (lambda model: model.graph.ClearField("initializer"), "computed or packed"),
    "no graph": (lambda model: model.ClearField("graph"), "neither a torch checkpoint nor an ONNX"),
    "no convolution": (lambda model: model.graph.ClearField("node"), "no published YOLOv8"),
}


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_export_is_refused_with_the_reason(
    exported: Path, tmp_path: Path, change: Change, reason: str
) -> None:
    model = onnx.load(exported)
    change(model)
    (tmp_path / "changed.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ImportRefused, match=reason):
        convert(tmp_path / "changed.onnx")


def test_another_network_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Relu", ["x"], ["y"])
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    onnx.save(helper.make_model(helper.make_graph([node], "g", [x], [y])), tmp_path / "relu.onnx")
    with pytest.raises(ImportRefused, match="only ultralytics' detectors are read") as refusal:
        convert(tmp_path / "relu.onnx")
    assert str(refusal.value).endswith(EXPORT)


def test_an_export_of_yolo11_is_refused(tmp_path: Path) -> None:
    YOLO("yolo11n.yaml").save(tmp_path / "yolo11.pt")
    file = YOLO(tmp_path / "yolo11.pt").export(format="onnx", imgsz=64, simplify=False, device="cpu", verbose=False)
    with pytest.raises(ImportRefused, match="computes `MatMul`"):
        convert(Path(file))


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_shortened_export_is_refused(exported: Path, tmp_path: Path, share: float) -> None:
    data = exported.read_bytes()
    (tmp_path / "short.onnx").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ImportRefused):
        convert(tmp_path / "short.onnx")
