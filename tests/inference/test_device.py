"""Where networks live, and in which precision: a wrong setting names itself."""

import pytest
import torch

from inference import device
from inference.device import choose

CPU = torch.device("cpu")


def test_a_cpu_may_be_asked_for() -> None:
    assert choose("cpu", "float32") == device.Placement(CPU, torch.float32)


@pytest.mark.parametrize("name", ["gpu", "", "cuda:x", "mps", "meta", "CPU 0"])
def test_an_unknown_device_names_its_setting(name: str) -> None:
    with pytest.raises(ValueError, match=r"DEVICE must be auto, cpu or cuda:N"):
        choose(name, "float32")


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "cuda:99"])
def test_a_device_that_is_not_there_names_its_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ValueError, match=f"DEVICE asks for {name}"):
        choose(name, "float32")


@pytest.mark.parametrize("name", ["int8", "", "half", "FLOAT32"])
def test_an_unknown_precision_names_its_setting(name: str) -> None:
    with pytest.raises(ValueError, match="PRECISION must be auto, float32, bfloat16, float16"):
        choose("cpu", name)


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16"])
def test_the_precision_that_is_asked_for_is_taken_and_reported(name: str) -> None:
    assert choose("cpu", name).precision == name


@pytest.mark.parametrize(("bfloat16", "chosen"), [(1.0, torch.bfloat16), (9.0, torch.float32), (17.0, torch.float32)])
def test_a_cpu_computes_in_bfloat16_only_if_that_is_clearly_faster(
    bfloat16: float, chosen: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {torch.bfloat16: bfloat16, torch.float32: 10.0}
    monkeypatch.setattr(device, "_seconds", lambda dtype, place: seconds[dtype])
    monkeypatch.setattr(device, "_has_bfloat16", lambda: True)
    assert choose("cpu", "auto").dtype == chosen


def test_a_cpu_without_bfloat16_is_not_measured_since_a_busy_moment_could_decide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = {torch.bfloat16: 1.0, torch.float32: 10.0}
    monkeypatch.setattr(device, "_seconds", lambda dtype, place: seconds[dtype])
    monkeypatch.setattr(device, "_has_bfloat16", lambda: False)
    assert choose("cpu", "auto").dtype == torch.float32


def test_the_measurement_is_short() -> None:
    assert 0 < device._seconds(torch.float32, torch.device("cpu")) < 1
