"""What can go wrong between a decoded image and its reading.

No status numbers here: `skuapi.errors` has the one table. Every message says what to do next.
"""

from typing import ClassVar


class InferenceError(Exception):
    """Base of everything the engine raises on purpose; `code` is stable and public."""

    code: ClassVar[str]


class ReleaseRefused(InferenceError):
    """A release is damaged, incomplete, or does not reproduce its golden answers."""

    code = "model_refused"


class WeightsMissing(ReleaseRefused):
    """A file of a release cannot be read, or an encoder that it names is not on this machine: either may come."""


class ModelLoading(InferenceError):
    """The weights are still loading; the load goes on."""

    code = "model_loading"


class QueueFull(InferenceError):
    code = "queue_full"


class EngineOffline(InferenceError):
    code = "engine_offline"


class DeadlineExceeded(InferenceError):
    code = "deadline_exceeded"

    def __init__(
        self, sentence: str = "The photo could not be read in time. Try again, or send a smaller one."
    ) -> None:
        super().__init__(sentence)


class ClientGone(InferenceError):
    """Whoever asked has hung up, so nobody reads the answer."""

    code = "client_gone"

    def __init__(self, sentence: str = "Nobody waits for this answer any longer.") -> None:
        super().__init__(sentence)


class OutOfMemory(InferenceError):
    """Not even a small batch of a photo could be computed, or a release could not be loaded."""

    code = "out_of_memory"


class InvalidOutput(InferenceError):
    """A network answered something that is no answer: NaN, or a shape nobody asked for."""

    code = "invalid_output"
