"""Whatever is wrong, the answer is JSON with a `message`, in Roboflow's statuses, and nothing is billed."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.skuapi.edge import encoded
from tests.skuapi.roboflow.client import CLASSES, FORM, SKUS, TAGS, Client
from tests.tiny_release import photo

NOT_FOUND = "Requested Roboflow resource not found"
NO_IMAGE = "Could not load input image. Cause: "


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def told(answer: requests.Response) -> tuple[int, str]:
    """The status and the message of an error, which has nothing but that."""
    assert answer.headers["Content-Type"] == "application/json", answer.text
    body = answer.json()
    assert list(body) == ["message"]
    return answer.status_code, body["message"]


@pytest.fixture(autouse=True)
def nothing_is_billed(client: Client) -> Any:
    before = client.edge.used("alpha")
    yield
    assert client.edge.used("alpha") == before


GIF = encoded(photo(), "GIF")
IMAGES: dict[str, tuple[Any, int, str]] = {
    "none": (b"", 400, NO_IMAGE + "no image was sent"),
    "spaces": (b" \n ", 400, NO_IMAGE + "no image was sent"),
    "no base64": ("%%%", 400, NO_IMAGE),
    "no image": (b64(b"hello"), 400, NO_IMAGE),
    "JSON": (json.dumps({"image": "x"}), 400, NO_IMAGE + "the body is JSON"),
    "a GIF": (b64(GIF), 400, NO_IMAGE),
    "half a JPEG": (b64(encoded(photo())[:900]), 400, NO_IMAGE),
    "6 MB": (b64(b"\xff\xd8" + b"x" * 6_000_000), 413, "The request body is larger than 7.5 MB"),
    "5.3 MB": (b64(b"\xff\xd8" + b"x" * 5_300_000), 413, NO_IMAGE),
    "a private address": ("http://127.0.0.1:1/a.jpg", 400, NO_IMAGE),
}


@pytest.mark.parametrize("content_type", [FORM, "application/json"])
@pytest.mark.parametrize("name", IMAGES)
def test_a_body_that_is_no_image_is_refused_in_roboflows_words(client: Client, name: str, content_type: str) -> None:
    body, status, begins = IMAGES[name]
    found = told(client.hosted(body=body, content_type=content_type))
    assert (found[0], found[1].startswith(begins)) == (status, True), found


@pytest.mark.parametrize("name", [name for name in IMAGES if name not in ("JSON", "6 MB", "none", "spaces")])
def test_the_same_image_is_refused_in_v1(client: Client, name: str) -> None:
    body, status, _ = IMAGES[name]
    assert (
        told(client.infer(image={"type": "base64", "value": body if isinstance(body, str) else body.decode()}))[0]
        == status
    )


def test_an_image_that_fills_the_body_is_a_413_though_the_key_was_in_it(client: Client) -> None:
    assert told(client.infer(image={"type": "base64", "value": "A" * 8_000_000}))[0] == 413


def test_a_picture_of_too_many_pixels_is_a_413(client: Client) -> None:
    huge = encoded(photo(5100, 5000), "PNG")
    assert told(client.hosted(body=b64(huge)))[0] == 413


@pytest.mark.parametrize("name", ["broken.png", "chi.gif", "16bit.s.tif"])
def test_bad_photos_are_refused(client: Client, bad_images: Path, name: str) -> None:
    assert told(client.hosted(body=b64((bad_images / name).read_bytes())))[0] == 400


def test_two_images_are_one_too_many(client: Client) -> None:
    status, message = told(client.hosted(image="http://example.com/a.jpg"))
    assert (status, message.startswith("Several images were sent")) == (400, True)


def test_two_uploads_are_one_too_many(client: Client) -> None:
    files = [("file", ("a.jpg", client.jpeg)), ("file", ("b.jpg", client.jpeg))]
    assert told(client.hosted(files=files))[0] == 400


def test_a_form_without_a_file_has_no_image(client: Client) -> None:
    assert told(client.hosted(files={"other": (None, "text")}))[1].startswith(NO_IMAGE)


def test_a_form_that_cannot_be_read_is_a_400(client: Client) -> None:
    assert told(client.hosted(body=b"nonsense", content_type="multipart/form-data"))[0] == 400


def test_a_get_without_an_address_has_no_image(client: Client) -> None:
    assert told(client.hosted(method="GET", body=None, content_type=None))[1].startswith(NO_IMAGE)


MODELS = [
    "nobodys/1",
    "tiny-classes/99",
    "tiny-classes/0",
    "tiny-classes/01",
    "tiny-classes/-1",
    "tiny-classes/1.0",
    "tiny-classes/latest",
    "tiny-classes/9999999999999999999999",
    "TINY-classes/1",
    "tiny_classes/1",
    "tiny%00classes/1",
    "tiny-classes/%D9%A1",
    "%ff/1",
    "'; DROP TABLE modelstore_release; --/1",
    "x" * 500 + "/1",
]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_does_not_exist_is_not_found(client: Client, model: str) -> None:
    status, message = told(client.hosted(model))
    assert (status, message.startswith(NOT_FOUND)) == (404, True)


@pytest.mark.parametrize(
    "model", ["nobodys/1", "tiny-classes/99", "tiny-classes", "/", "", "a/b/1", "tiny\0/1", "\ud800/1"]
)
def test_nor_is_it_in_v1(client: Client, model: str) -> None:
    status, message = told(client.infer(model=model))
    assert (status, message.startswith(NOT_FOUND)) == (404, True)


@pytest.mark.parametrize("model", [CLASSES, TAGS, "tiny-two/1"])
def test_another_tenants_model_is_answered_as_one_that_does_not_exist(client: Client, model: str) -> None:
    assert told(client.hosted(model, key="restricted")) == told(client.hosted("nobodys/1", key="restricted"))
    assert told(client.infer(model=model, key="restricted")) == told(client.infer(model="nobodys/1", key="restricted"))
    assert client.hosted(SKUS, key="restricted").status_code == 200


NONSENSE = ["high", "nan", "inf", "-0.1", "-1", "101", "1e999", "0,5", "١٢٣٤"]


@pytest.mark.parametrize("confidence", NONSENSE)
@pytest.mark.parametrize("name", ["confidence", "overlap"])
def test_a_nonsense_threshold_is_a_400_that_names_it(client: Client, name: str, confidence: str) -> None:
    status, message = told(client.hosted(**{name: confidence}))
    assert (status, f"`{name}`" in message) == (400, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_detections", "none"),
        ("max_detections", "0"),
        ("max_detections", "-1"),
        ("max_detections", "1.5"),
        ("stroke", "thick"),
        ("format", "xml"),
        ("labels", "maybe"),
    ],
)
def test_other_nonsense_is_a_400_that_names_it(client: Client, name: str, value: str) -> None:
    status, message = told(client.hosted(**{name: value}))
    assert (status, f"`{name}`" in message) == (400, True)


DOCUMENTS: dict[str, dict[str, Any]] = {
    "no model": {"model": ...},
    "a number for a model": {"model": 5},
    "no image": {"image": ...},
    "text for an image": {"image": "abc"},
    "no type": {"image": {"value": "abc"}},
    "numpy": {"image": {"type": "numpy", "value": "abc"}},
    "no value": {"image": {"type": "base64"}},
    "a number for a value": {"image": {"type": "base64", "value": 5}},
    "a URL that is none": {"image": {"type": "url", "value": "abc"}},
    "a file": {"image": {"type": "url", "value": "file:///etc/passwd"}},
    "a URL for base64": {"image": {"type": "base64", "value": "http://example.com/a.jpg"}},
    "no images": {"image": []},
    "too many images": {"image": [{"type": "base64", "value": "AAAA"}] * 33},
    "lists of lists": {"image": [[{"type": "base64", "value": "AAAA"}]]},
    "confidence as a word": {"confidence": "high"},
    "confidence true": {"confidence": True},
    "confidence beyond": {"confidence": 101},
    "confidence as a list": {"confidence": [0.5]},
    "iou_threshold as a word": {"iou_threshold": "x"},
    "class_filter as text": {"class_filter": "apple"},
    "class_filter of numbers": {"class_filter": [1]},
    "max_detections zero": {"max_detections": 0},
    "visualize_predictions maybe": {"visualize_predictions": "maybe"},
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_with_a_mistake_is_a_400_with_a_sentence(client: Client, name: str) -> None:
    status, message = told(client.infer(**DOCUMENTS[name]))
    assert (status, message.endswith(".")) == (400, True), message


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"5", b"null", b"", b"\xff", b'{"a": NaN}', b"[" * 100_000])
@pytest.mark.parametrize("path", ["infer/classification", "infer/object_detection", "model/add", "model/remove"])
def test_a_body_that_is_no_document_is_a_400(client: Client, path: str, body: bytes) -> None:
    answer = requests.post(f"{client.edge.url}/roboflow/{path}", params=client.key("alpha"), data=body, timeout=60)
    assert told(answer)[0] == 400


def test_malformed_json_is_a_400_though_no_key_can_be_found_in_it(client: Client) -> None:
    assert told(requests.post(f"{client.edge.url}/roboflow/infer/classification", data=b"{", timeout=60))[0] == 400


@pytest.mark.parametrize("model", [CLASSES, TAGS])
def test_a_classifier_that_shall_find_boxes_says_what_to_call(client: Client, model: str) -> None:
    for answer in (client.infer("object_detection", model), client.hosted(model, base="/roboflow/detect/")):
        status, message = told(answer)
        assert (status, "/roboflow/infer/classification" in message) == (400, True)


NOWHERE = [
    "",
    "/",
    "/model",
    "/model/",
    "/model/registry/more",
    "/model/nothing",
    "/model/1",
    "/infer",
    "/infer/1",
    "/infer/instance_segmentation",
    "/infer/lmm",
    "/tiny-classes",
    "/tiny-classes/1/more",
    "/workflows/x/y/z",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", NOWHERE)
def test_everything_else_below_roboflow_is_a_404_with_a_message(client: Client, path: str, method: str) -> None:
    answer = requests.request(
        method, client.edge.url + "/roboflow" + path, params=client.key("alpha"), timeout=30, allow_redirects=False,
        headers={"Accept": "text/html"},
    )  # fmt: skip
    assert told(answer)[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [CLASSES, "model/registry", "infer/classification", "info"])
def test_another_method_is_a_405(client: Client, path: str, method: str) -> None:
    answer = requests.request(method, f"{client.edge.url}/roboflow/{path}", params=client.key("alpha"), timeout=30)
    assert told(answer)[0] == 405
    assert answer.headers["Allow"]


def test_a_head_is_a_405_and_computes_nothing(client: Client) -> None:
    params = {**client.key("alpha"), "image": "http://example.com/a.jpg"}
    assert requests.head(f"{client.edge.url}/roboflow/{CLASSES}", params=params, timeout=30).status_code == 405


def test_a_host_that_is_not_ours_is_a_400_with_a_message(client: Client) -> None:
    answer = requests.get(f"{client.edge.url}/roboflow/info", headers={"Host": "evil.example"}, timeout=30)
    assert told(answer)[0] == 400


def test_a_damaged_release_is_a_503_and_no_other_version_answers(client: Client) -> None:
    for answer in (client.hosted("tiny-mended/2"), client.infer("classification", "tiny-mended/2")):
        assert told(answer)[0] == 503
        assert answer.headers["Retry-After"]


def test_numbers_that_are_none_are_a_502(client: Client) -> None:
    assert told(client.hosted("tiny-overflow/1"))[0] == 502
