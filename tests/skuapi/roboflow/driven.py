"""What Roboflow's own client made of a running service, step by step."""

import json
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import ROOT
from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client

SCRIPTS = ROOT / "tests" / "roboflow_clients"
ENVIRONMENTS = {"newest": ROOT / ".venv-sdk", "older": ROOT / ".venv-sdk-old"}
HELD = "burst"
"""Who may send three requests a minute."""
MODELS = {"classes": CLASSES, "tags": TAGS, "skus": SKUS}


@dataclass(frozen=True)
class Driven:
    """fields: of the configuration that this release of the client knows; billed: to the tenant with a burst limit."""

    fields: tuple[str, ...]
    results: Mapping[str, Mapping[str, Any]]
    billed: int

    def returned(self, step: str) -> Any:
        result = self.results[step]
        assert "returned" in result, result
        return result["returned"]

    def raised(self, step: str) -> Mapping[str, Any]:
        result = self.results[step]
        assert "raised" in result, result
        return result


def python_of(name: str) -> Path:
    """Of an environment with a client; skips the test where there is none."""
    python = ENVIRONMENTS[name] / "bin" / "python"
    if not (ENVIRONMENTS[name] / ".installed").exists():
        pytest.skip(f"Roboflow's {name} client is not installed: run make clients.")
    return python


def run(client: Client, name: str, photo: Path, photo_url: str) -> Driven:
    asked = {
        "url": f"{client.edge.url}/roboflow",
        "key": client.edge.keys["alpha"],
        "held_key": client.edge.keys[HELD],
        "photo": str(photo),
        "photo_url": photo_url,
        "models": MODELS,
    }
    before = billed(client, HELD)
    done = subprocess.run(
        [python_of(name), SCRIPTS / "drive.py"],
        input=json.dumps(asked), cwd=photo.parent, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout.splitlines()[-1])
    return Driven(tuple(printed["fields"]), printed["results"], billed(client, HELD) - before)


def billed(client: Client, tenant: str) -> int:
    """As it stands in the database: asking over HTTP would count towards the limit."""
    query = (
        "SELECT COALESCE(SUM(used), 0) FROM tenants_usagemonth JOIN tenants_tenant ON tenant_id = tenants_tenant.id "
        "WHERE name = ?"
    )
    with sqlite3.connect(client.edge.site.folder / "db.sqlite3") as database:
        return int(database.execute(query, [tenant]).fetchone()[0])
