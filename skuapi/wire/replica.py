"""What web hosts and replicas say to each other: a photo's bytes with a header of JSON there, JSON back.

Whatever a replica has taken in hand is answered with 200, errors of the engine included: any other status comes from
what lies between, and the same may be asked again.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from inference import errors
from inference.engine_status import EngineStatus
from inference.image_errors import ImageRefused
from inference.results import Classification, Facing, Options, Reading

ASK_HEADER: Final = "X-Sku-Ask"
MODEL_HEADER: Final = "serve_multiplexed_model_id"
PREDICT: Final = "/predict"
STATUS: Final = "/status"
NONE_READY: Final = 503
"""Ray answers so while no replica runs, and a replica whose engine has stopped: it has taken nothing in hand."""
Mode = Literal["shelf", "product", "idle", "classify"]
_ERRORS: Final = {
    error.code: error
    for error in (
        errors.ReleaseRefused,
        errors.ModelLoading,
        errors.QueueFull,
        errors.EngineOffline,
        errors.DeadlineExceeded,
        errors.ClientGone,
        errors.OutOfMemory,
        errors.InvalidOutput,
    )
}


@dataclass(frozen=True)
class Ask:
    """release, digest: which model; seconds: to the answer, from `sent` on, a time of the web host's clock; flow: whose
    photo it is."""

    mode: Mode
    release: str
    digest: str
    seconds: float
    sku_conf: float
    det_conf: float
    flow: str = ""
    sent: float = 0.0

    def seconds_left(self, now: float) -> float:
        """Without those it has waited on its way. Clocks that differ by more than it may take tell nothing."""
        waited = now - self.sent
        return self.seconds - waited if 0 < waited < self.seconds else self.seconds

    @property
    def options(self) -> Options:
        return Options(self.sku_conf, self.det_conf)


class ReplicaFailed(Exception):
    """A replica met an error that nobody foresaw; its log has it."""


def encode_ask(ask: Ask) -> str:
    return json.dumps(asdict(ask))


def decode_ask(text: str) -> Ask:
    return Ask(**json.loads(text))


def encode_answer(answer: Reading | Classification) -> dict[str, Any]:
    return encode_reading(answer) if isinstance(answer, Reading) else asdict(answer)


def encode_reading(reading: Reading) -> dict[str, Any]:
    facings = [(f.label, f.sku, f.sku_conf, f.det_conf, f.box) for f in reading.facings]
    return {
        "release": reading.release,
        "skus": reading.skus,
        "facings": facings,
        "size": reading.size,
        "timings": reading.timings,
    }


def encode_failure(error: Exception) -> dict[str, Any]:
    known = isinstance(error, (*_ERRORS.values(), ImageRefused))
    return {"code": error.code if known else "", "error": str(error)}  # type: ignore[attr-defined]


def decode_answer(body: bytes) -> Reading | Classification:
    """Raises what the replica raised; ReplicaFailed for what nobody foresaw."""
    answer = json.loads(body)
    if "error" in answer:
        raise _failure(answer["code"], answer["error"])
    return _classification(answer) if "classes" in answer else _reading(answer)


def _classification(answer: dict[str, Any]) -> Classification:
    width, height = answer["size"]
    classes, confidences = tuple(answer["classes"]), tuple(answer["confidences"])
    return Classification(answer["release"], classes, confidences, (width, height), answer["timings"])


def _reading(answer: dict[str, Any]) -> Reading:
    facings = tuple(Facing(label, sku, sure, found, tuple(box)) for label, sku, sure, found, box in answer["facings"])
    width, height = answer["size"]
    return Reading(answer["release"], tuple(answer["skus"]), facings, (width, height), answer["timings"])


def _failure(code: str, text: str) -> Exception:
    if code == ImageRefused.code:
        return ImageRefused(text)
    return _ERRORS[code](text) if code in _ERRORS else ReplicaFailed(text)


def encode_status(status: EngineStatus) -> dict[str, Any]:
    return asdict(status)


def decode_status(body: bytes) -> EngineStatus:
    return EngineStatus(**json.loads(body))
