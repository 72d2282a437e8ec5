"""The published examples with only the host changed: Python, axios under Node, and what Swift sends."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.live_server import ROOT
from tests.skuapi.roboflow.client import CLASSES, TAGS, Client
from tests.skuapi.roboflow.driven import SCRIPTS, python_of
from tests.skuapi.roboflow.test_answers import steady

PUBLISHED = ROOT.parent / "shared" / "contract" / "roboflow-classification.txt"


@pytest.fixture
def photo_file(client: Client, tmp_path: Path) -> Path:
    path = tmp_path / "YOUR_IMAGE.jpg"
    path.write_bytes(client.jpeg)
    return path


@pytest.mark.parametrize("name", ["newest", "older"])
@pytest.mark.parametrize("base", ["/roboflow", "/roboflow/classify"])
def test_the_python_example_classifies(client: Client, photo_file: Path, name: str, base: str) -> None:
    command = [client.edge.url + base, client.edge.keys["alpha"], photo_file, CLASSES]
    done = subprocess.run(
        [python_of(name), SCRIPTS / "published.py", *command], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert steady(json.loads(done.stdout)) == steady(client.hosted().json())


def axios(client: Client, photo_file: Path, model: str, key: str) -> str:
    if not shutil.which("node"):
        pytest.skip("Node is not installed.")
    if not (SCRIPTS / "node_modules" / "axios").is_dir():
        pytest.skip("axios is not installed: run make clients where npm is.")
    given = {"PHOTO": str(photo_file), "ADDRESS": f"{client.edge.url}/roboflow/{model}", "KEY": key}
    done = subprocess.run(
        ["node", "published.js"], cwd=SCRIPTS, env={**os.environ, **given}, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("model", [CLASSES, TAGS])
def test_the_axios_example_classifies(client: Client, photo_file: Path, model: str) -> None:
    printed = axios(client, photo_file, model, client.edge.keys["alpha"])
    assert steady(json.loads(printed)) == steady(client.hosted(model).json())


def test_the_axios_example_reports_a_wrong_key(client: Client, photo_file: Path) -> None:
    assert axios(client, photo_file, CLASSES, "wrong").strip() == "Request failed with status code 403"


def without_values(text: str) -> str:
    """Of a script: what is left without spaces and what an integrator fills in."""
    return re.sub(r"\s|process\.env\.\w+|\"(YOUR_|https:)[^\"]*\"", "", text)


def test_the_axios_example_is_the_published_one() -> None:
    if not PUBLISHED.exists():
        pytest.skip("The published page is not on this machine.")
    lines = (SCRIPTS / "published.js").read_text().split("\n", 1)[1]
    ours = without_values(lines.replace("JSON.stringify(response.data)", "response.data"))
    assert ours in without_values(PUBLISHED.read_text())


def as_swift_sends(client: Client, key: str, **query: str) -> requests.Response:
    """URLSession: the bare base64 as a form, the key and a name in the address."""
    address = f"{client.edge.url}/roboflow/{CLASSES}?api_key={key}&name=YOUR_IMAGE.jpg"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "*/*",
        "Accept-Language": "en-GB,en;q=0.9",
        "User-Agent": "Pack/1 CFNetwork/1490.0.4 Darwin/23.2.0",
    }
    return requests.post(address, params=query, headers=headers, data=client.edge.photo.encode(), timeout=60)


def test_what_swift_sends_is_classified_and_named(client: Client) -> None:
    answer: Any = as_swift_sends(client, client.edge.keys["alpha"]).json()
    assert steady(answer) == {**steady(client.hosted().json()), "image_path": "YOUR_IMAGE.jpg"}


def test_a_wrong_key_gets_the_published_answer(client: Client) -> None:
    answer = as_swift_sends(client, "YOUR_APIKEY")
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
