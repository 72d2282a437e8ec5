"""310 odd and hostile files through HTTP: a photo or a documented refusal, and the service goes on."""

from pathlib import Path

import requests

from tests.skuapi.edge import PREDICT, Edge, text

CODES = {
    "image_empty",
    "image_too_large",
    "image_too_many_pixels",
    "image_format_unsupported",
    "image_animated",
    "image_corrupt",
}


def test_every_bad_file_is_answered_as_documented_and_the_service_goes_on(edge: Edge, bad_images: Path) -> None:
    files = sorted(path for path in bad_images.rglob("*") if path.is_file())
    assert len(files) > 300
    before = edge.used("beta")
    with requests.Session() as session:
        session.headers["X-API-Key"] = edge.keys["beta"]
        answers = {path: posted(session, edge, path) for path in files}
    wrong = {str(path): code for path, code in answers.items() if code not in CODES and code != "read"}
    assert wrong == {}
    assert edge.used("beta") - before == list(answers.values()).count("read")
    assert edge.predict("beta", det_conf=0.99).status_code == 200


def posted(session: requests.Session, edge: Edge, path: Path) -> str:
    """`read`, or the code of a 400; anything else with its status."""
    body = edge.fields(image=text(path.read_bytes()), det_conf=0.99, return_annotated=False)
    response = session.post(edge.url + PREDICT, json=body, timeout=60)
    if response.status_code == 200:
        return "read"
    return str(response.json()["code"]) if response.status_code == 400 else f"{response.status_code}: {response.text}"
