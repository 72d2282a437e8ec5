"""One image in every form in which Roboflow's clients send it: whatever the form, the same answer."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.skuapi.edge import encoded
from tests.skuapi.picture_host import PictureHost
from tests.skuapi.roboflow.client import CLASSES, FORM, Client
from tests.skuapi.roboflow.test_answers import steady
from tests.tiny_release import photo


@pytest.fixture(scope="module")
def usual(client: Client) -> Any:
    return steady(client.hosted().json())


@pytest.fixture(scope="module")
def url(pictures: PictureHost, client: Client) -> str:
    return pictures.offer("/roboflow-photo.jpg", client.jpeg)


def test_the_photo_has_what_a_form_would_turn_into_a_space(client: Client) -> None:
    assert "+" in client.edge.photo


@pytest.mark.parametrize("content_type", [FORM, "application/json", "text/plain", "image/jpeg", "nonsense", None])
def test_base64_is_read_whatever_the_content_type_says(client: Client, usual: Any, content_type: str | None) -> None:
    assert steady(client.hosted(content_type=content_type).json()) == usual


FORMS = {
    "a data URI": lambda text: f"data:image/jpeg;base64,{text}",
    "in lines": lambda text: "\n".join(text[start : start + 76] for start in range(0, len(text), 76)),
    "quoted as JSON": json.dumps,
    "URL-safe": lambda text: text.replace("+", "-").replace("/", "_"),
    "without padding": lambda text: text.rstrip("="),
    "escaped": lambda text: quote(text, safe=""),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("content_type", [FORM, "application/json"])
def test_base64_is_read_however_it_is_written(client: Client, usual: Any, form: str, content_type: str) -> None:
    body = FORMS[form](client.edge.photo)
    assert steady(client.hosted(body=body, content_type=content_type).json()) == usual


@pytest.mark.parametrize("part", ["file", "image"])
def test_an_upload_is_read_and_named(client: Client, usual: Any, part: str) -> None:
    answer = client.hosted(files={part: ("pack 1.jpg", client.jpeg, "image/jpeg")}).json()
    assert steady(answer) == {**usual, "image_path": "pack 1.jpg"}


def test_the_name_in_the_query_beats_that_of_the_upload(client: Client) -> None:
    answer = client.hosted(files={"file": ("pack.jpg", client.jpeg, "image/jpeg")}, name="other.jpg")
    assert answer.json()["image_path"] == "other.jpg"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_in_the_query_is_fetched(client: Client, usual: Any, url: str, method: str) -> None:
    answer = client.hosted(body=None, content_type=None, method=method, image=url)
    assert steady(answer.json()) == usual


def test_v1_fetches_an_address(client: Client, usual: Any, url: str) -> None:
    assert steady(client.infer(image={"type": "url", "value": url}).json()) == usual


@pytest.mark.parametrize("base", ["/roboflow/", "/roboflow//", "/roboflow/classify/", "/roboflow//classify//"])
@pytest.mark.parametrize("end", ["", "/", "//"])
def test_slashes_too_many_lead_to_the_same_answer(client: Client, usual: Any, base: str, end: str) -> None:
    answer = client.hosted(CLASSES + end, base=base)
    assert answer.history == []
    assert steady(answer.json()) == usual


def test_two_slashes_may_stand_before_the_version(client: Client, usual: Any) -> None:
    assert steady(client.hosted("tiny-classes//1").json()) == usual


def test_a_body_in_chunks_is_read(client: Client, usual: Any) -> None:
    pieces = (client.edge.photo[start : start + 1000].encode() for start in range(0, len(client.edge.photo), 1000))
    assert steady(client.hosted(body=pieces).json()) == usual  # type: ignore[arg-type]


def test_a_client_may_ask_before_it_sends_its_body(client: Client, usual: Any) -> None:
    connection = http.client.HTTPConnection(client.edge.url.removeprefix("http://"), timeout=30)
    path = f"/roboflow/{CLASSES}?api_key={client.edge.keys['alpha']}"
    connection.request("POST", path, client.edge.photo, {"Expect": "100-continue", "Content-Type": FORM})
    assert steady(json.loads(connection.getresponse().read())) == usual
    connection.close()


def test_a_photo_lying_on_its_side_is_turned_upright_first(client: Client) -> None:
    picture = photo()
    exif = picture.getexif()
    exif[0x0112] = 6
    answer = client.hosted(body=base64.b64encode(encoded(picture, exif=exif)).decode())
    assert answer.json()["image"] == {"width": 240, "height": 320}


def test_what_means_nothing_here_is_ignored(client: Client, usual: Any) -> None:
    unknown = {"allow_reduced_mask_resolution": "False", "disable_active_learning": "True", "tile": "3", "": "x"}
    assert steady(client.hosted(**unknown).json()) == usual


def test_unknown_fields_of_a_document_are_ignored(client: Client, usual: Any) -> None:
    assert steady(client.infer(fix_batch_size=True, id="x", start=None, disable_preproc_contrast=False).json()) == usual


def test_v1_reads_json_whatever_the_content_type_says(client: Client, usual: Any) -> None:
    document = {**client.key("alpha"), "model_id": CLASSES, "image": client.image}
    answer = requests.post(
        f"{client.edge.url}/roboflow/infer/classification", data=json.dumps(document), timeout=60
    )  # fmt: skip
    assert steady(answer.json()) == usual
