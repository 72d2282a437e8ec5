"""What every place of computing can do."""

from typing import Protocol

from inference.asker import Asker
from inference.engine_status import EngineFigures, EngineStatus
from inference.manifest import ModelSet
from inference.results import Classification, Options, Reading
from skuapi.photo import Photo


class Backend(Protocol):
    """Predictions raise what `inference.engine.Engine.predict` raises."""

    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        """Read a shelf with this release; with one that served before it, if this one is refused.

        The answer names the release that was really used. deadline: in time.monotonic() seconds.
        """

    def read_product(self, models: ModelSet, photo: Photo, deadline: float) -> Reading:
        """Read a photo that one product fills."""

    def classify(self, models: ModelSet, photo: Photo, deadline: float, asker: Asker) -> Classification:
        """What a whole picture shows, to this release or none: whoever names a version means that one."""

    def read_when_idle(self, models: ModelSet, photo: Photo, options: Options, deadline: float) -> Reading:
        """Read a photo that nobody waits for, with this release or none."""

    def check_room(self, flow: str, deadline: float) -> None:
        """Raises QueueFull when it is certain that a photo of that tenant would find no place, or be read too late."""

    def warm_up(self) -> None:
        """Get ready beside the first requests."""

    def status(self) -> EngineStatus:
        """Includes a real round trip."""

    def alive(self) -> bool:
        """False when only another process helps."""

    def not_ready(self) -> str:
        """Why this process should get no requests yet, as a sentence; empty when it should."""

    def figures(self) -> EngineFigures | None:
        """What is in the engine of this process; None where there is none."""

    def close(self) -> None:
        """Whoever waits is told that the service stops."""
