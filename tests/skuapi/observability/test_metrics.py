"""What Prometheus is told by a running service, after requests of every kind."""

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.skuapi.edge import Edge
from tests.skuapi.observability.conftest import TOKEN

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(edge: Edge, token: str | None = TOKEN) -> requests.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return edge.get("/metrics", key=None, headers=headers)


@pytest.fixture(scope="module")
def samples(watched: Edge) -> Samples:
    families = text_string_to_metric_families(scraped(watched).text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, metric: str, **labels: str) -> float:
    return samples[metric, frozenset(labels.items())]


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN.encode().decode("latin-1") + "x"])
def test_whoever_does_not_know_the_token_is_told_how_to_get_it(watched: Edge, token: str | None) -> None:
    response = scraped(watched, token)
    assert (response.status_code, response.json()["code"]) == (401, "metrics_refused")


def test_without_a_token_there_are_no_metrics_for_anybody(edge: Edge) -> None:
    assert [scraped(edge, token).status_code for token in (None, "", "None")] == [401] * 3


def test_successes_are_counted_by_endpoint(samples: Samples) -> None:
    assert value(samples, "sku_responses_total", endpoint="predict", status="200", code="") == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [("503", "model_refused"), ("404", "model_not_found"), ("429", "quota_exceeded"), ("401", "invalid_api_key")],
)
def test_refusals_are_counted_by_code(samples: Samples, status: str, code: str) -> None:
    assert value(samples, "sku_responses_total", endpoint="predict", status=status, code=code) == 1


def test_answers_are_counted_by_tenant(samples: Samples) -> None:
    assert value(samples, "sku_tenant_responses_total", tenant="alpha", status="503") == 1


@pytest.mark.parametrize("stage", ["decode", "queue", "detect", "embed", "classify", "annotate"])
def test_every_stage_is_timed(samples: Samples, stage: str) -> None:
    assert value(samples, "sku_stage_seconds_count", stage=stage) == 2


def test_facings_are_counted_by_release(samples: Samples) -> None:
    assert value(samples, "sku_facings_total", release="TINY/ONE@1") > 0


@pytest.mark.parametrize("network", ["detector", "encoders"])
def test_batches_and_the_time_of_the_device_are_told(samples: Samples, network: str) -> None:
    assert value(samples, "sku_batch_size_count", network=network) >= 2
    assert value(samples, "sku_device_seconds_total", network=network) > 0


def test_loads_are_counted_by_their_outcome(samples: Samples) -> None:
    assert value(samples, "sku_loads_total", outcome="loaded") == 2
    assert value(samples, "sku_loads_total", outcome="refused") == 1


def test_memory_is_told_by_release_and_together(samples: Samples) -> None:
    own = [value(samples, "sku_release_memory_bytes", release=f"TINY/{brand}@1") for brand in ("ONE", "TWO")]
    together = value(samples, "sku_model_memory_bytes")
    assert 0 < sum(own) < together < value(samples, "sku_model_memory_budget_bytes")


def test_the_queue_is_empty_and_the_engine_up(samples: Samples) -> None:
    told = [value(samples, name) for name in ("sku_queue_photos", "sku_begun_photos", "sku_queue_places")]
    assert told == [0, 0, 64]
    assert value(samples, "sku_engine_up") == 1


def test_how_the_device_is_used_is_told(samples: Samples) -> None:
    ((_, labels),) = [key for key in samples if key[0] == "sku_engine_info"]
    assert {"device", "precision", "streams", "photos", "crops"} <= dict(labels).keys()


def test_nothing_that_a_client_chose_is_a_label(samples: Samples) -> None:
    values = {text for _, labels in samples for _, text in labels}
    assert not {text for text in values if "no/such" in text or "NOBODY" in text}
