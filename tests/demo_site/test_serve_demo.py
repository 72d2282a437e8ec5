"""What `make demo` runs: it prints what a newcomer needs, checks itself and serves."""

import re

import requests
from PIL import Image

from tests.demo_site.conftest import Seeded, Shown, run_shell
from tests.live_server import Site, free_port


def test_it_prints_the_key_on_a_line_of_its_own(shown: Shown, seeded: Seeded) -> None:
    assert f"\nDEMO_API_KEY={seeded.first['api_key']}\n" in shown.text


def test_it_prints_the_addresses_of_documentation_admin_and_browsable_api(shown: Shown) -> None:
    assert all(f"{shown.url}{path}" in shown.text for path in ("/", "/admin/", "/api/v1/predict"))


def test_every_address_it_prints_answers(shown: Shown) -> None:
    html = {"Accept": "text/html"}
    answers = [requests.get(url, headers=html, timeout=30) for url in re.findall(r"http://\S+/\S*(?=\s)", shown.text)]
    assert all(answer.status_code < 500 and "text/html" in answer.headers["Content-Type"] for answer in answers)


def test_the_printed_admin_login_lets_staff_in(shown: Shown, seeded: Seeded) -> None:
    with requests.Session() as browser:
        page = browser.get(f"{shown.url}/admin/login/", timeout=30).text
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"username": seeded.first["admin_user"], "password": seeded.first["admin_password"]}
        assert form["password"] in shown.text
        body = {**form, "csrfmiddlewaretoken": token and token[1], "next": "/admin/"}
        assert "Log out" in browser.post(f"{shown.url}/admin/login/", data=body, timeout=30).text


def test_the_printed_curl_can_be_pasted(shown: Shown) -> None:
    curl = re.search(r"^curl .*?}\"$", shown.text, re.MULTILINE | re.DOTALL)
    assert curl
    assert run_shell(curl[0])["success"] is True


def test_it_has_checked_itself_with_one_real_prediction(shown: Shown) -> None:
    assert "Self-check passed" in shown.text


def test_the_check_reaches_its_own_server_on_a_machine_behind_a_proxy(shown: Shown) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    behind = Site(shown.site.folder, {"HTTP_PROXY": nobody, "http_proxy": nobody, "NO_PROXY": "", "no_proxy": ""})
    assert "Self-check passed" in behind.manage("check_demo", shown.url)


def test_the_check_saves_the_annotated_picture(shown: Shown, seeded: Seeded) -> None:
    with Image.open(shown.site.folder / "demo_annotated.jpg") as picture, Image.open(seeded.first["image"]) as photo:
        assert picture.size == photo.size


def test_the_demo_photo_shows_known_and_unknown_products_at_default_thresholds(shown: Shown, seeded: Seeded) -> None:
    """Most of its 62 known facings, and at least 3 of the unknown ones."""
    with open(seeded.first["image"], "rb") as photo:  # noqa: PTH123
        body = {"category": "DRINKS", "brand": "JORDINA", "show_unknown": "true"}
        headers = {"X-API-Key": seeded.first["api_key"]}
        answer = requests.post(
            f"{shown.url}/api/v1/predict", data=body, files={"image": photo}, headers=headers, timeout=60
        ).json()
    analysis = answer["analysis"]
    assert analysis["total"] >= 20
    assert analysis["counts"]["unknown"] >= 3
