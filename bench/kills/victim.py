"""A service whose worker is killed again and again; gunicorn starts another each time."""

import base64
import io
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil
import requests
from PIL import Image

from bench.kills.books import Account, Books, own_database
from bench.releases import DEMO
from bench.served import PREDICT
from tests.live_server import ROOT, Site, serving

STUB, REAL = "bench.kills.wsgi:application", "skuapi.wsgi:application"
REAL_PHOTO = ROOT / "demo" / "photos" / "shelf.jpg"
SQLITE = "sqlite"
PATIENCE = 60.0


@dataclass
class Victim:
    """overruns, disagreements: looks at the books at which they were wrong."""

    url: str
    key: str
    lease: float
    photo: bytes
    books: Books
    master: psutil.Process
    kills: int = 0
    kills_amid: int = 0
    overruns: int = 0
    disagreements: int = 0
    _seen: set[int] = field(default_factory=set)

    @property
    def address(self) -> str:
        return urlsplit(self.url).netloc

    def body(self) -> bytes:
        """A request about a photo that nobody has sent before: one that was read at two deaths would be refused."""
        photo = self.photo + b"\0" * (-len(self.photo) % 3) + secrets.token_bytes(6)
        fields = {"image": base64.b64encode(photo).decode(), "category": "DRINKS", "brand": "JORDINA"}
        return json.dumps({**fields, "return_annotated": False}).encode()

    def ask(self) -> None:
        """One prediction: the first loads the model, and opens the month."""
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        requests.post(self.url + PREDICT, self.body(), headers=headers, timeout=120).raise_for_status()

    def kill(self) -> None:
        """SIGKILL; counts whether a unit was reserved whose answer was not yet there when the signal was sent."""
        worker, at = self._worker(), datetime.now(UTC)
        worker.kill()
        with suppress(psutil.NoSuchProcess):  # gunicorn has buried it
            while worker.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.001)
        held = self.books.held_since(at)
        self.kills += 1
        self.kills_amid += bool(held - self._seen)
        self._seen |= held
        self.look()

    def _worker(self) -> psutil.Process:
        end = time.monotonic() + PATIENCE
        while not (children := self.master.children()):
            assert time.monotonic() < end, "gunicorn started no other worker"
            time.sleep(0.001)
        return children[0]

    def look(self) -> Account:
        account = self.books.account()
        self.overruns += account.is_overrun
        self.disagreements += not account.agrees
        return account

    def after_the_lease(self) -> Account:
        """What is left when every lease has ended and somebody has asked for the usage."""
        time.sleep(self.lease + 0.2)
        requests.get(f"{self.url}/api/v1/usage", headers={"X-API-Key": self.key}, timeout=60).raise_for_status()
        return self.look()


@contextmanager
def victim(database: str, quota: int, lease: float, app: str = STUB) -> Iterator[Victim]:
    """database: `sqlite`, or the URL of a PostgreSQL server; lease: seconds, above the longest request."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        site = Site(folder, {"BURST_LIMIT_PER_MINUTE": "100000000"})
        url = None if database == SQLITE else stack.enter_context(own_database(database))
        site.settings |= {"LOG_LEVEL": "ERROR", **({"DATABASE_URL": url} if url else {})}
        site.activate(DEMO)
        site.manage("create_tenant", "Kills", "--quota", str(quota))
        key = str(site.manage_json("issue_key", "kills")["key"])
        site.settings["RESERVATION_LEASE"] = str(lease)  # for the server alone: commands refuse one so short
        # What is loaded before the fork need not be loaded again; torch must not be.
        options = ("--pid", str(folder / "pid"), *(("--preload",) if app == STUB else ()))
        address = stack.enter_context(serving(site, *options, app=app))
        books = Books(folder, url)
        stack.callback(books.close)
        photo = REAL_PHOTO.read_bytes() if app == REAL else _small_photo()
        prey = Victim(address, key, lease, photo, books, psutil.Process(int((folder / "pid").read_text())))
        prey.ask()
        yield prey


def _small_photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(buffer, "JPEG")
    return buffer.getvalue()
