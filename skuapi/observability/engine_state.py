"""The engine as it stands at the moment of a scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from inference.engine_status import EngineFigures
from skuapi import engine


class EngineState(Collector):
    def collect(self) -> Iterator[Metric]:
        yield _gauge("sku_engine_up", "1 while predictions can be computed.", float(not engine.backend().not_ready()))
        figures = engine.backend().figures()
        if figures:
            yield from _of_engine(figures)


def _of_engine(figures: EngineFigures) -> Iterator[Metric]:
    yield InfoMetricFamily("sku_engine", "How the device is used.", value=dict(figures.runtime))
    yield _gauge("sku_queue_photos", "Photos that wait for their turn.", figures.waiting)
    yield _gauge("sku_begun_photos", "Photos that are being read.", figures.begun)
    yield _gauge("sku_queue_places", "Photos that may wait or be read at the same time.", figures.places)
    yield _gauge("sku_model_memory_bytes", "Bytes of all releases in memory.", figures.memory)
    yield _gauge("sku_model_memory_budget_bytes", "Bytes that releases in memory may take.", figures.budget)
    own = GaugeMetricFamily(
        "sku_release_memory_bytes", "What a release in memory shares with no other.", labels=["release"]
    )
    for name, size in sorted(figures.releases.items()):
        own.add_metric([name], size)
    yield own


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)
