"""Staff carry a release from one installation to another with a browser."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from modelstore.models import Release
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import head_file
from tests.modelstore.test_admin import RELEASES
from tests.modelstore.test_admin_rollback import person
from tests.modelstore.test_archive import zipped
from tests.modelstore.test_audit_trail import trail

UPLOAD = reverse("admin:modelstore_release_upload")


@pytest.fixture
def good(bundle: Bundle) -> bytes:
    return zipped({file.name: file.read_bytes() for file in bundle().iterdir()}).getvalue()


def send(client: Client, data: bytes) -> str:
    return client.post(UPLOAD, {"bundle": SimpleUploadedFile("one.zip", data)}, follow=True).content.decode()


def address(release: Release) -> str:
    return reverse("admin:modelstore_release_download", args=[release.pk])


def test_what_is_downloaded_can_be_uploaded(admin_client: Client, published: Published) -> None:
    release = published()
    answer = admin_client.get(address(release))
    assert answer["Content-Disposition"] == 'attachment; filename="TINY-ONE@1.zip"'
    assert "was here already, as TINY/ONE@1" in send(admin_client, b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def test_an_uploaded_bundle_is_a_draft_and_its_page_says_what_comes_next(
    admin_client: Client, store: ModelStore, good: bytes
) -> None:
    assert "TINY/ONE@1 is here as a draft. Publish it, then activate it" in send(admin_client, good)
    assert trail() == ["TINY/ONE@1 drafted by admin: Uploaded as one.zip."]


def test_a_bundle_larger_than_what_is_kept_in_memory_arrives(
    admin_client: Client, store: ModelStore, good: bytes, settings: object
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    assert "is here as a draft" in send(admin_client, good)


@pytest.mark.parametrize("data", [b"no zip", b"", zipped({"../x": b""}).getvalue()])
def test_what_is_no_bundle_is_told_beside_the_field(admin_client: Client, store: ModelStore, data: bytes) -> None:
    page = send(admin_client, data)
    assert re.search(r'id="id_bundle".*?<ul>\s*<li>\s*[^<\s]', page, re.DOTALL)
    assert not Release.objects.exists()


def test_a_form_without_a_file_asks_for_one(admin_client: Client, store: ModelStore) -> None:
    assert "This field is required" in admin_client.post(UPLOAD, {"x": "1"}).content.decode()


def test_a_body_that_was_too_large_to_be_read_is_told(admin_client: Client, store: ModelStore) -> None:
    """The edge hands on an empty body then."""
    page = admin_client.generic("POST", UPLOAD, b"", "multipart/form-data; boundary=x")
    assert page.status_code == 302
    assert "MAX_BUNDLE_BYTES allows more" in admin_client.get(UPLOAD).content.decode()


def test_a_form_of_another_site_is_refused(store: ModelStore, good: bytes) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(person("carrier", "view_release", "add_release"))
    send(careful, good)
    assert not Release.objects.exists()


@pytest.mark.parametrize("permissions", [(), ("view_release",), ("change_release",)])
def test_who_may_not_add_releases_is_refused_before_the_body_is_read(
    client: Client, store: ModelStore, permissions: tuple[str, ...]
) -> None:
    class Unread(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the body was read")

    client.force_login(person("visitor", *permissions))
    answer = client.generic("POST", UPLOAD, b"x" * 10, **{"wsgi.input": Unread()})
    assert answer.status_code == 403


def test_nobody_uploads_without_a_login(client: Client, store: ModelStore, good: bytes) -> None:
    send(client, good)
    assert not Release.objects.exists()


def test_the_button_is_shown_to_those_who_may_press_it(client: Client, admin_client: Client, db: None) -> None:
    client.force_login(person("viewer", "view_release"))
    assert (UPLOAD in client.get(RELEASES).content.decode(), UPLOAD in admin_client.get(RELEASES).content.decode()) == (
        False,
        True,
    )


def test_who_may_not_see_releases_downloads_none(client: Client, published: Published) -> None:
    client.force_login(person("visitor", "view_modelline"))
    assert client.get(address(published())).status_code == 403


def test_a_damaged_release_is_not_downloaded_but_told(
    admin_client: Client, published: Published, store: ModelStore
) -> None:
    release = published()
    Path(head_file(store, release)).unlink()
    assert "cannot be downloaded: File" in admin_client.get(address(release), follow=True).content.decode()
