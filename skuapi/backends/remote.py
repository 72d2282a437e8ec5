"""Predictions in replicas on other machines, asked over HTTP: this process needs no torch.

A replica that dies costs a second try, not the request: whatever lies between answers with another status than 200, or
not at all, and the same is asked again while there is time. A photo that kills whoever reads it would so kill one
replica after the other, none of which knows it yet: what was in hand when a replica died is tried only twice more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from inference.asker import NOBODY, Asker
from inference.engine_status import EngineFigures, EngineStatus
from inference.errors import ClientGone, DeadlineExceeded, EngineOffline, InferenceError, InvalidOutput, QueueFull
from inference.manifest import ModelSet
from inference.results import Classification, Options, Reading
from skuapi.backends.connections import Connections, GivenUp, NoReply, TooLate
from skuapi.photo import Photo
from skuapi.wire import replica
from skuapi.wire.replica import Ask, Mode

NOT_DEPLOYED = 404
"""Ray is there, and no replica has been started yet, or all are being taken down."""
MORE_TRIES = 2
"""After a replica has died with the photo in hand."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
BACKPRESSURE = b"backpressure"
"""In what Ray says, with the same status, when it can queue no more."""
STATUS_SECONDS = 8.0
"""An engine behind other work takes up to inference.engine.PING_SECONDS to say how it is."""
READY_SECONDS = 0.5
"""Probes do not wait for the work in hand, which a status does."""
LATELY_SECONDS = 60.0
"""No request takes longer: replicas that have answered one since, and do not now, are busy."""
KEPT_SECONDS = 1.0
OFFLINE = "No replica is ready to compute predictions. Try again in a few seconds."
DIED = (
    "Every replica that began to read the photo stopped. "
    "Try again; if it lasts, save the photo anew, in another size or format."
)
FULL = "All replicas are busy. Try again in a few seconds."


@dataclass(frozen=True)
class _Failure:
    """error: what it comes to if no other try helps; in_hand: the photo may be what stopped the replica."""

    error: InferenceError
    in_hand: bool


class RemoteBackend:
    """url: where replicas are reached; patience: seconds to wait for one while there is none; condemn: is told of a
    photo that has stopped every replica that tried it."""

    def __init__(self, url: str, patience: float, condemn: Callable[[str], None] = lambda photo: None) -> None:
        self.url = url
        self._condemn = condemn
        self._patience = patience
        self._connections = Connections(url)
        self._seen: tuple[float, EngineStatus] | None = None
        self._answered: float | None = None

    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        return self._read("shelf", models, photo, options, deadline, asker)

    def read_product(self, models: ModelSet, photo: Photo, deadline: float) -> Reading:
        return self._read("product", models, photo, Options(), deadline, NOBODY)

    def classify(self, models: ModelSet, photo: Photo, deadline: float, asker: Asker) -> Classification:
        answer = self._asked("classify", models, photo, Options(), deadline, asker)
        assert isinstance(answer, Classification), "a replica answers what it is asked"
        return answer

    def read_when_idle(self, models: ModelSet, photo: Photo, options: Options, deadline: float) -> Reading:
        return self._read("idle", models, photo, options, deadline, NOBODY)

    def _read(
        self, mode: Mode, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker
    ) -> Reading:
        answer = self._asked(mode, models, photo, options, deadline, asker)
        assert isinstance(answer, Reading), "a replica answers what it is asked"
        return answer

    def _asked(
        self, mode: Mode, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker
    ) -> Reading | Classification:
        """Raises what the replica raised; ClientGone, DeadlineExceeded, QueueFull, EngineOffline, InvalidOutput."""
        tries = _Tries(deadline, self._patience)
        while True:
            found = (options.sku_conf, options.det_conf)
            ask = Ask(mode, models.name, models.digest, tries.left, *found, asker.flow, sent=time.time())
            answer = self._tried(ask, photo.data, deadline, asker)
            if not isinstance(answer, _Failure):
                return answer
            if asker.gone():
                raise ClientGone
            try:
                tries.pause(answer)
            except InvalidOutput:
                self._condemn(photo.digest)
                raise

    def _tried(self, ask: Ask, data: bytes, deadline: float, asker: Asker) -> Reading | Classification | _Failure:
        """The answer; or a failure after which the same may be asked again."""
        headers = {replica.ASK_HEADER: replica.encode_ask(ask), replica.MODEL_HEADER: ask.digest}
        try:
            status, body = self._connections.ask("POST", replica.PREDICT, data, headers, deadline, asker.gone)
        except NoReply as reply:
            return _died() if reply.sent else _nobody()
        except TooLate as error:
            raise DeadlineExceeded from error
        except GivenUp as error:
            raise ClientGone from error
        if status == 200:
            return self._decoded(body)
        if status == replica.NONE_READY and BACKPRESSURE in body:
            raise QueueFull(FULL)
        return _nobody() if status in (replica.NONE_READY, NOT_DEPLOYED) else _died()

    def _decoded(self, body: bytes) -> Reading | Classification | _Failure:
        """Raises what the replica raised, but for EngineOffline: other replicas may still have an engine."""
        try:
            answer = replica.decode_answer(body)
        except EngineOffline as error:
            return _Failure(error, in_hand=True)
        self._answered = time.monotonic()
        return answer

    def check_room(self, flow: str, deadline: float) -> None:
        """Only a replica knows."""

    def warm_up(self) -> None:
        """Replicas do so themselves."""

    def status(self) -> EngineStatus:
        """Of the replica that happens to answer."""
        return self._status(STATUS_SECONDS)

    def _status(self, seconds: float) -> EngineStatus:
        """Those that are too busy to answer in time are online: the question waits behind photos, as any request."""
        began = time.monotonic()
        try:
            status, body = self._connections.ask("GET", replica.STATUS, b"", {}, began + seconds)
        except NoReply:
            return self._unanswered("offline")
        except TooLate:
            return self._unanswered("online" if self._lately() else "offline")
        if status == replica.NONE_READY:
            return self._unanswered("online" if BACKPRESSURE in body else "warming")
        return self._answering(body, began) if status == 200 else self._unanswered("offline")

    def _unanswered(self, state: str) -> EngineStatus:
        return EngineStatus(state, self.url, "unknown", None)

    def _answering(self, body: bytes, began: float) -> EngineStatus:
        found, now = replica.decode_status(body), time.monotonic()
        if found.state == "online":
            self._answered = now
        round_trip = (now - began) * 1000 if found.round_trip_ms is not None else None
        return replace(found, endpoint=self.url, round_trip_ms=round_trip)

    def _lately(self) -> bool:
        return self._answered is not None and time.monotonic() - self._answered < LATELY_SECONDS

    def alive(self) -> bool:
        """Nothing in this process can hang."""
        return True

    def not_ready(self) -> str:
        """Asked at most once a second. Load makes no web host unready, which would leave the balancer with none."""
        seen = self._seen
        if seen is None or time.monotonic() - seen[0] > KEPT_SECONDS:
            seen = self._seen = (time.monotonic(), self._status(READY_SECONDS if self._lately() else STATUS_SECONDS))
        return "" if seen[1].state == "online" else f"The replicas at {self.url} are {seen[1].state}."

    def figures(self) -> EngineFigures | None:
        """Replicas have their own."""
        return None

    def close(self) -> None:
        """Nobody waits in this process."""


def _nobody() -> _Failure:
    return _Failure(EngineOffline(OFFLINE), in_hand=False)


def _died() -> _Failure:
    return _Failure(InvalidOutput(DIED), in_hand=True)


class _Tries:
    """How often the same may be asked again."""

    def __init__(self, deadline: float, patience: float) -> None:
        self._deadline = deadline
        self._patience = patience
        self._until: float | None = None
        self._pause = FIRST_PAUSE
        self._deaths = 0

    @property
    def left(self) -> float:
        """Seconds to the deadline."""
        return self._deadline - time.monotonic()

    def pause(self, failure: _Failure) -> None:
        """Raises the error when there is no time for another try, or too much has died of this one."""
        self._deaths += failure.in_hand
        if self._deaths > MORE_TRIES or time.monotonic() + self._pause >= self._end(failure):
            raise failure.error
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _end(self, failure: _Failure) -> float:
        """While nobody is there, patience is all there is: from when that was first so."""
        if not isinstance(failure.error, EngineOffline):
            self._until = None
            return self._deadline
        if self._until is None:
            self._until = time.monotonic() + self._patience
        return min(self._until, self._deadline)
