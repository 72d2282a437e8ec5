"""Bundles and photos of phones are larger than any request of the API: a few addresses take them, from staff alone."""

import re
import secrets
from collections.abc import Iterator

import pytest
import requests

from tests.live_server import serving
from tests.skuapi.edge import Edge, copy_of

UPLOAD = "/admin/modelstore/release/upload/"
LARGE = 9_000_000  # above the limit of the API, below that of this service's bundles
STAFF = """
from django.contrib.auth.models import User
from modelstore.models import ModelLine, Onboarding
User.objects.create_superuser('boss', password='pw')
Onboarding.objects.create(pk=1, line=ModelLine.objects.get(brand="ONE"), sku="NEW", who="boss", state="held")
"""


@pytest.fixture(scope="module")
def office(edge: Edge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    site = copy_of(edge.site, tmp_path_factory.mktemp("office"), MAX_BUNDLE_BYTES="10000000")
    site.manage("shell", "-c", STAFF)
    with serving(site) as url:
        yield Edge(url, site, edge.keys, edge.photo)


@pytest.fixture
def staff(office: Edge) -> requests.Session:
    session = requests.Session()
    login = f"{office.url}/admin/login/"
    session.get(login)
    form = {"username": "boss", "password": "pw", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    assert "Log out" in session.post(f"{login}?next=/admin/", form).text
    return session


def send(session: requests.Session, office: Edge, size: int, path: str = UPLOAD) -> requests.Response:
    token = session.cookies.get("csrftoken", "")
    sent = {"bundle": ("one.zip", secrets.token_bytes(size))}
    return session.post(office.url + path, {"csrfmiddlewaretoken": token}, files=sent, timeout=60)


def test_staff_send_a_file_larger_than_the_api_takes(office: Edge, staff: requests.Session) -> None:
    assert "The file is no zip, or a damaged one" in send(staff, office, LARGE).text


def test_a_file_above_the_limit_of_bundles_is_told(office: Edge, staff: requests.Session) -> None:
    assert "The file is larger than 9.5\xa0MB." in send(staff, office, 11_000_000).text


def test_without_a_login_it_ends_at_the_login(office: Edge) -> None:
    assert "/admin/login/" in send(requests.Session(), office, LARGE).url


@pytest.mark.parametrize(("size", "status"), [(10, 200), (LARGE, 403)])
def test_no_other_page_takes_it(office: Edge, staff: requests.Session, size: int, status: int) -> None:
    """The body is dropped, and with it the CSRF token."""
    assert send(staff, office, size, "/admin/login/").status_code == status


def test_photos_of_a_sku_may_be_larger_together_than_the_api_takes(office: Edge, staff: requests.Session) -> None:
    """Each is at most as large as one that is predicted; noise is no photo, but it arrived."""
    lines = staff.get(f"{office.url}/admin/modelstore/modelline/").text
    pk = re.findall(r"/admin/modelstore/modelline/(\d+)/change/", lines)[
        -1
    ]  # the first are classifiers, which have no SKUs
    token = staff.cookies["csrftoken"]
    sent = [("photos", (f"{number}.jpg", secrets.token_bytes(4_000_000))) for number in range(3)]
    address = f"{office.url}/admin/modelstore/modelline/{pk}/add-sku/"
    answer = staff.post(address, {"csrfmiddlewaretoken": token, "sku": "X"}, files=sent, timeout=60)
    assert "0.jpg is not a JPEG, PNG or WebP file" in answer.text


def test_photos_far_above_the_limit_are_told(office: Edge, staff: requests.Session) -> None:
    lines = staff.get(f"{office.url}/admin/modelstore/modelline/").text
    pk = re.findall(r"/admin/modelstore/modelline/(\d+)/change/", lines)[0]
    answer = send(staff, office, 44_000_000, f"/admin/modelstore/modelline/{pk}/add-sku/")
    assert "The photos are too large. Send at most 8" in answer.text


TRIALS = ["/admin/tenants/tenant/1/try/", "/admin/modelstore/onboarding/1/try/"]
TOLD = {12_000_000: "5,242,880", 44_000_000: "The photo is too large. Send one of at most 5 MB."}


@pytest.mark.parametrize("size", TOLD)
@pytest.mark.parametrize("path", TRIALS)
def test_a_photo_of_a_phone_that_is_too_large_to_be_tried_is_told_in_words(
    office: Edge, staff: requests.Session, path: str, size: int
) -> None:
    lines = re.findall(r'<option value="(\d+)"', staff.get(office.url + TRIALS[0]).text)
    sent = {"photo": ("shelf.jpg", b"\xff\xd8\xff" + secrets.token_bytes(size))}
    form = {"csrfmiddlewaretoken": staff.cookies["csrftoken"], "line": lines[0]}
    assert TOLD[size] in staff.post(office.url + path, form, files=sent, timeout=60).text


@pytest.mark.parametrize("path", TRIALS)
def test_a_photo_without_the_token_of_the_page_is_not_tried(office: Edge, staff: requests.Session, path: str) -> None:
    sent = {"photo": ("shelf.jpg", b"no photo")}
    assert staff.post(office.url + path, {"line": "1"}, files=sent, timeout=60).status_code == 403
