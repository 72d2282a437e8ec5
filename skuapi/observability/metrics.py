"""What the web layer counts, for Prometheus. Names of metrics are public: dashboards and alerts hang on them.

Labels hold names that staff have given and codes that are documented, never anything that a client may choose.
"""

from collections.abc import Mapping

from prometheus_client import Counter, Histogram

RESPONSES = Counter("sku_responses", "Answers of the API; code is empty for a success.", ["endpoint", "status", "code"])
RESPONSE_SECONDS = Histogram(
    "sku_response_seconds",
    "From the first line of a request to its answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
STAGE_SECONDS = Histogram(
    "sku_stage_seconds",
    "Stages of predictions, as in Server-Timing.",
    ["stage"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
FACINGS = Counter("sku_facings", "Facings found, by release.", ["release"])
TENANT_RESPONSES = Counter("sku_tenant_responses", "Answers of the API by tenant.", ["tenant", "status"])


def note_response(endpoint: str, status: int, code: str, tenant: str, seconds: float) -> None:
    """tenant: its slug; empty where no key named one."""
    RESPONSES.labels(endpoint, str(status), code).inc()
    RESPONSE_SECONDS.labels(endpoint).observe(seconds)
    if tenant:
        TENANT_RESPONSES.labels(tenant, str(status)).inc()


def note_prediction(release: str, facings: int, timings: Mapping[str, float]) -> None:
    """timings: milliseconds by stage."""
    FACINGS.labels(release).inc(facings)
    for stage, milliseconds in timings.items():
        STAGE_SECONDS.labels(stage).observe(milliseconds / 1000)
