"""`python -m bench.runtimes`: the three full-size networks on a CPU, as they are served and in other ways.

`torch.compile` needs a C++ compiler on the machine that serves; OpenVINO, a package that is no dependency, is tried
where it is installed. Each way computes as a stream does, with one thread, in turn with the others.
"""

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from bench import photos, releases
from bench.report import markdown
from inference.detector import as_tensor, letterbox
from inference.device import Placement, choose
from inference.images import decode

CROPS = 16
FACINGS = 50
Run = Callable[[], object]


@dataclass(frozen=True)
class Way:
    """Milliseconds of single rounds, and how far the answer is from the served one's (of its largest number)."""

    network: str
    name: str
    times: list[float]
    off: float


def networks(placement: Placement) -> Iterator[tuple[str, nn.Module, Tensor]]:
    """Name, network, and a batch as it is served."""
    pixels = as_tensor(decode(photos.shelf(FACINGS).jpeg), torch.device("cpu"))
    release = releases.full_size(placement, pixels, photos.shelf(FACINGS).boxes).release
    one = letterbox(pixels, 640).pixels.contiguous(memory_format=torch.channels_last)
    yield "YOLOv8s, one photo", release.detector.network, one
    crops = torch.randn(CROPS, 3, 224, 224, generator=torch.Generator().manual_seed(0)).to(placement.dtype)
    for encoder in release.encoders:
        yield f"{encoder.spec.name}, {CROPS} crops", encoder.network, crops


def _first(answer: Any) -> Tensor:
    """The tensor that is used of what a network answers."""
    if isinstance(answer, tuple | list):
        return torch.as_tensor(answer[0])
    return torch.as_tensor(getattr(answer, "pooler_output", answer))


def _ways(network: nn.Module, batch: Tensor) -> Iterator[tuple[str, Callable[[], Tensor]]]:
    yield "as served", lambda: _first(network(batch))
    compiled = torch.compile(network)
    yield "torch.compile", lambda: _first(compiled(batch))
    if importlib.util.find_spec("openvino"):
        yield "OpenVINO", _in_openvino(network, batch)


def _in_openvino(network: nn.Module, batch: Tensor) -> Callable[[], Tensor]:
    import openvino  # type: ignore[import-not-found]

    class Plain(nn.Module):
        def forward(self, given: Tensor) -> Tensor:
            return _first(network.float()(given))

    traced = torch.jit.trace(Plain().eval(), batch.float(), check_trace=False)  # type: ignore[no-untyped-call]
    converted = openvino.convert_model(traced, example_input=batch.float())
    precision = "bf16" if batch.dtype == torch.bfloat16 else "f32"
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": precision}
    compiled = openvino.compile_model(converted, "CPU", options)
    network.to(batch.dtype)
    plain = batch.float().numpy()
    return lambda: torch.from_numpy(compiled(plain)[0])


@torch.inference_mode()
def measured(name: str, network: nn.Module, batch: Tensor, rounds: int) -> list[Way]:
    ways = dict(_ways(network, batch))
    answers = {way: run().float() for way, run in ways.items()}
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            began = time.perf_counter()
            run()
            times[way].append((time.perf_counter() - began) * 1000)
    served = answers["as served"]
    return [Way(name, way, times[way], float((answers[way] - served).abs().max() / served.abs().max())) for way in ways]


def table(ways: list[Way]) -> str:
    served = {way.network: way.times for way in ways if way.name == "as served"}
    rows = []
    for way in ways:
        share = statistics.median(one / other for one, other in zip(way.times, served[way.network], strict=True))
        rows.append((way.network, way.name, f"{statistics.median(way.times):.0f}", f"{share:.2f}", f"{way.off:.3f}"))
    return markdown(("network", "way", "ms", "of as served", "off by, of the largest number"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.runtimes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: list[Way] = []
    for subject in networks(choose()):
        found += measured(*subject, options.rounds)
    print(table(found))
