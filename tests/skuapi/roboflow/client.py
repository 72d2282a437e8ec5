"""Requests as Roboflow's clients write them, against one running service."""

import base64
from dataclasses import dataclass
from typing import Any

import requests

from tests.skuapi.edge import Edge

CLASSES, TAGS, SKUS = "tiny-classes/1", "tiny-tags/1", "tiny-one/1"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Client:
    """key: a name among the edge's keys; None sends none."""

    edge: Edge

    @property
    def jpeg(self) -> bytes:
        return base64.b64decode(self.edge.photo)

    def key(self, name: str | None) -> dict[str, str]:
        return {} if name is None else {"api_key": self.edge.keys[name]}

    def hosted(
        self,
        model: str = CLASSES,
        key: str | None = "alpha",
        body: bytes | str | None = ...,  # type: ignore[assignment]
        content_type: str | None = FORM,
        method: str = "POST",
        base: str = "/roboflow/",
        headers: dict[str, str] | None = None,
        files: Any = None,
        **query: Any,
    ) -> requests.Response:
        """v0: one image in base64, and all the rest in the query."""
        named = {} if content_type is None or files else {"Content-Type": content_type}
        data = None if files else self.edge.photo if body is ... else body
        return requests.request(
            method, self.edge.url + base + model, params={**self.key(key), **query},
            headers={**named, **(headers or {})}, data=data, files=files, timeout=60,
        )  # fmt: skip

    def infer(
        self,
        task: str = "classification",
        model: str = CLASSES,
        key: str | None = "alpha",
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> requests.Response:
        """v1: a JSON document. A field that is Ellipsis is left out."""
        document = {**self.key(key), "model_id": model, "image": self.image, **fields}
        document = {name: value for name, value in document.items() if value is not ...}
        return self.post(f"infer/{task}", document, headers)

    @property
    def image(self) -> dict[str, str]:
        return {"type": "base64", "value": self.edge.photo}

    def post(self, path: str, document: Any, headers: dict[str, str] | None = None) -> requests.Response:
        return requests.post(f"{self.edge.url}/roboflow/{path}", json=document, headers=headers, timeout=60)

    def models(self, key: str | None = "alpha", base: str = "/roboflow/") -> list[dict[str, Any]]:
        answer = requests.get(f"{self.edge.url}{base}model/registry", params=self.key(key), timeout=30)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["models"])
