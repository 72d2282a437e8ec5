"""A client of one running service, with the keys of everybody who may ask it."""

import base64
import io
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from tests.live_server import Site

PREDICT = "/api/v1/predict"


def encoded(image: Image.Image, file_format: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def picture_in(answer: dict[str, Any]) -> Image.Image:
    """The annotated picture of an answer."""
    return Image.open(io.BytesIO(base64.b64decode(answer["annotated_image_base64"], validate=True)))


@dataclass(frozen=True)
class Edge:
    """keys: by the names of tests/skuapi/population.py; photo: a small JPEG, in base64."""

    url: str
    site: Site
    keys: dict[str, str]
    photo: str

    def fields(self, **changes: Any) -> dict[str, Any]:
        """A good request with changes; a change to Ellipsis leaves the field out."""
        fields = {"image": self.photo, "category": "TINY", "brand": "ONE", **changes}
        return {name: value for name, value in fields.items() if value is not ...}

    def predict(self, key: str = "alpha", headers: dict[str, str] | None = None, **changes: Any) -> requests.Response:
        return self.ask("POST", PREDICT, key, headers, json=self.fields(**changes))

    def post(self, body: bytes, key: str = "alpha", content_type: str = "application/json") -> requests.Response:
        return self.ask("POST", PREDICT, key, {"Content-Type": content_type}, data=body)

    def get(self, path: str, key: str | None = "alpha", headers: dict[str, str] | None = None) -> requests.Response:
        return self.ask("GET", path, key, headers)

    def ask(
        self, method: str, path: str, key: str | None, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """key: a name among `keys`; None sends none."""
        named = {} if key is None else {"X-API-Key": self.keys[key]}
        return requests.request(method, self.url + path, headers={**named, **(headers or {})}, timeout=60, **options)

    def used(self, key: str) -> int:
        return int(self.get("/api/v1/usage", key).json()["used"])

    @property
    def log(self) -> str:
        return (self.site.folder / "gunicorn.log").read_text(errors="replace")


def copy_of(site: Site, folder: Path, **settings: str) -> Site:
    """Another installation with the same rows and models, and other settings."""
    folder.mkdir(exist_ok=True)
    source, target = (sqlite3.connect(place / "db.sqlite3") for place in (site.folder, folder))
    with source, target:
        source.backup(target)
    source.close()
    target.close()
    shutil.copytree(site.folder / "models", folder / "models")
    return Site(folder, {**site.settings, **settings})
