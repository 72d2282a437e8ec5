"""What the engine counts, for Prometheus. Names of metrics are public: dashboards and alerts hang on them."""

from prometheus_client import Counter, Histogram

BATCH_SIZE = Histogram(
    "sku_batch_size",
    "Photos in a batch of the detector; facings in a batch of the encoders.",
    ["network"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
DEVICE_SECONDS = Counter("sku_device_seconds", "Seconds that streams computed.", ["network"])
LOADS = Counter("sku_loads", "Releases brought into memory, or refused.", ["outcome"])
LOAD_SECONDS = Histogram(
    "sku_load_seconds",
    "How long a release took to come into memory.",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
EVICTIONS = Counter("sku_evictions", "Releases that had to leave memory for others.")


def note_batch(network: str, size: int, seconds: float) -> None:
    """network: detector or encoders."""
    BATCH_SIZE.labels(network).observe(size)
    DEVICE_SECONDS.labels(network).inc(seconds)


for known in ("detector", "encoders"):
    BATCH_SIZE.labels(known)
    DEVICE_SECONDS.labels(known)
for known in ("loaded", "refused", "no_memory", "no_room"):
    LOADS.labels(known)
