"""What can go wrong between a decoded image and its reading.

No status numbers here: `skuapi.errors` has the one table. Every message says what to do next.
"""


class InferenceError(Exception):
    """Base of everything the engine raises on purpose; `code` is stable and public."""

    code = "inference_failed"


class ReleaseRefusedError(InferenceError):
    """A release is damaged, incomplete, or does not reproduce its golden answers."""

    code = "model_refused"


class WeightsMissingError(ReleaseRefusedError):
    """An encoder named by a release is on this machine neither in the bundle nor in a cache."""

    code = "model_refused"


class ModelLoadingError(InferenceError):
    """The weights are still loading; the load goes on."""

    code = "model_loading"


class QueueFullError(InferenceError):
    code = "queue_full"


class EngineOfflineError(InferenceError):
    code = "engine_offline"


class DeadlineExceededError(InferenceError):
    code = "deadline_exceeded"


class InvalidOutputError(InferenceError):
    """A network answered something that is no answer: NaN, or a shape nobody asked for."""

    code = "invalid_output"
