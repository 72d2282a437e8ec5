"""Bundles are larger than any request of the API: one address takes them, from staff alone."""

import re
import secrets
from collections.abc import Iterator

import pytest
import requests

from tests.live_server import serving
from tests.skuapi.edge import Edge, copy_of

UPLOAD = "/admin/modelstore/release/upload/"
LARGE = 9_000_000  # above the limit of the API, below that of this service's bundles
STAFF = "from django.contrib.auth.models import User; User.objects.create_superuser('boss', password='pw')"


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
    pk = re.findall(r"/admin/modelstore/modelline/(\d+)/change/", lines)[0]
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
