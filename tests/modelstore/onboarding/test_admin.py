"""What staff see and may do, in the pages themselves."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from PIL import Image

from modelstore.models import ModelLine, Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.photo_checks import NewPhoto
from modelstore.photo_store import photo_store
from tests.modelstore.onboarding.conftest import RED, AddSku, Photos, answering, work, worked
from tests.modelstore.test_admin_rollback import person

State = Onboarding.State


def form_of(line: ModelLine) -> str:
    return reverse("admin:modelstore_modelline_add_sku", args=[line.pk])


def page_of(row: Onboarding, name: str = "change", *more: int) -> str:
    return reverse(f"admin:modelstore_onboarding_{name}", args=[row.pk, *more])


def send(client: Client, line: ModelLine, sku: str, photos: list[NewPhoto], **more: str) -> str:
    """The page after the button."""
    files = [SimpleUploadedFile(photo.name, photo.data) for photo in photos]
    return client.post(form_of(line), {"sku": sku, "photos": files, **more}, follow=True).content.decode()


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def decide(client: Client, row: Onboarding, decision: str) -> str:
    return client.post(page_of(row, "decide"), {"decision": decision}, follow=True).content.decode()


def test_the_page_of_a_line_has_the_button(admin_client: Client, trained: Release) -> None:
    page = text(admin_client, reverse("admin:modelstore_modelline_change", args=[trained.line.pk]))
    assert form_of(trained.line) in page


def test_sent_photos_become_a_sku_that_is_being_added(admin_client: Client, trained: Release, photos: Photos) -> None:
    page = send(admin_client, trained.line, "CLIFF_YELLOW_1L", photos(), as_large_as="CLIFF_RED_1L")
    assert "CLIFF_YELLOW_1L in CLIFFS/CLIFF" in page
    row = Onboarding.objects.get()
    assert (row.who, row.state, row.as_large_as, row.photos.count()) == ("admin", State.WAITING, "CLIFF_RED_1L", 4)


def test_the_form_offers_the_skus_that_are_there_as_sizes(admin_client: Client, trained: Release) -> None:
    page = text(admin_client, form_of(trained.line))
    assert '<option value="CLIFF_GREY_1L">CLIFF_GREY_1L</option>' in page


Spoil = Callable[[list[NewPhoto]], list[NewPhoto]]


@pytest.mark.parametrize(
    ("sku", "spoil", "words"),
    [
        ("CLIFF_RED_1L", lambda photos: photos, "has a SKU CLIFF_RED_1L already"),
        ("", lambda photos: photos, "This field is required"),
        ("X", lambda photos: photos[:2], "Give 3 to 8 photos; these are 2."),
        ("X", lambda photos: [], "This field is required"),
        ("X", lambda photos: [*photos, NewPhoto("note.txt", b"hello", "")], "note.txt is not a JPEG, PNG or WebP"),
        ("X", lambda photos: [*photos, photos[0]], "are the same photo"),
        ("X", lambda photos: photos * 3, "Give 3 to 8 photos; these are 9."),
        ("X", lambda photos: [*photos, NewPhoto("empty.jpg", b"", "")], "empty"),
    ],
)
def test_what_is_wrong_is_told_in_the_form_and_nothing_is_kept(
    admin_client: Client, trained: Release, photos: Photos, sku: str, spoil: Spoil, words: str
) -> None:
    before = sorted(Path(photo_store().storage.path(".")).rglob("*"))
    assert words in send(admin_client, trained.line, sku, spoil(photos()))
    assert Onboarding.objects.count() == 0
    assert sorted(Path(photo_store().storage.path(".")).rglob("*")) == before


def test_a_photo_that_is_too_large_is_told(
    admin_client: Client, trained: Release, photos: Photos, settings: object
) -> None:
    settings.MAX_IMAGE_BYTES = 2000  # type: ignore[attr-defined]
    assert "7000.png is larger than 2,000 bytes" in send(admin_client, trained.line, "X", photos())


def test_a_line_on_which_nothing_is_active_has_no_form(admin_client: Client, trained: Release) -> None:
    Release.objects.filter(pk=trained.pk).update(status="retired")
    assert (
        "No release of CLIFFS/CLIFF is active" in admin_client.get(form_of(trained.line), follow=True).content.decode()
    )


def test_a_form_of_another_site_adds_nothing(trained: Release, photos: Photos, admin_user: object) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(admin_user)  # type: ignore[arg-type]
    send(careful, trained.line, "CLIFF_YELLOW_1L", photos())
    assert Onboarding.objects.count() == 0


def test_staff_who_may_not_add_releases_add_nothing(client: Client, trained: Release, photos: Photos) -> None:
    client.force_login(person("viewer", "view_modelline", "view_release", "change_release"))
    assert form_of(trained.line) not in text(
        client, reverse("admin:modelstore_modelline_change", args=[trained.line.pk])
    )
    files = [SimpleUploadedFile(photo.name, photo.data) for photo in photos()]
    assert client.post(form_of(trained.line), {"sku": "X", "photos": files}).status_code == 403
    assert Onboarding.objects.count() == 0


@pytest.mark.parametrize(
    ("permission", "status"), [("view_release", 200), ("add_release", 200), ("view_modelline", 403)]
)
def test_who_may_see_releases_sees_how_far_it_is(
    client: Client, trained: Release, add_sku: AddSku, permission: str, status: int
) -> None:
    row = add_sku(trained)
    client.force_login(person("visitor", permission))
    photo = row.photos.all()[0].pk
    pages = [page_of(row), page_of(row, "progress"), page_of(row, "photo", photo)]
    assert {client.get(page).status_code for page in pages} == {status}


def test_who_may_only_look_decides_nothing(client: Client, trained: Release, add_sku: AddSku) -> None:
    row = worked(add_sku(trained, "CLIFF_CHERRY_1L", RED))
    client.force_login(person("visitor", "view_release"))
    assert "Go on all the same" not in text(client, page_of(row))
    assert client.post(page_of(row, "decide"), {"decision": "accept"}).status_code == 403


def test_without_a_login_there_is_nothing_to_see(client: Client, trained: Release, add_sku: AddSku) -> None:
    assert "/login/" in client.get(page_of(add_sku(trained), "progress")).headers["Location"]


def test_the_page_shows_doubts_and_the_person_decides(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    row = worked(add_sku(trained, "CLIFF_CHERRY_1L", RED))
    page = text(admin_client, page_of(row))
    assert "It looks like CLIFF_RED_1L: 4 of 4 photos" in page
    decide(admin_client, row, "accept")
    assert work(row).accepted_by == "admin"


def test_withdrawn_on_the_page_it_is_not_added(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    row = worked(add_sku(trained, "CLIFF_CHERRY_1L", RED))
    decide(admin_client, row, "withdraw")
    assert "Withdrawn by admin." in text(admin_client, page_of(row))
    assert answering(trained.line) == trained


def test_what_has_gone_on_meanwhile_is_told(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    assert "has gone on meanwhile" in decide(admin_client, add_sku(trained), "accept")


def test_what_is_no_decision_changes_nothing(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    decide(admin_client, row, "explode")
    assert Onboarding.objects.get().state == State.WAITING


def test_done_it_names_the_releases_and_what_the_other_skus_answer(
    admin_client: Client, trained: Release, add_sku: AddSku
) -> None:
    page = text(admin_client, page_of(worked(add_sku(trained))))
    assert "are answered as before (100%)" in page
    assert "CLIFFS/CLIFF@2" in page
    assert "CLIFFS/CLIFF@3</a> (active)" in page
    assert "Try it" in page


def test_nothing_can_be_tried_before_it_is_recognised(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    assert "Try it" not in text(admin_client, page_of(add_sku(trained)))


def test_only_who_may_add_releases_tries_one(client: Client, trained: Release, add_sku: AddSku) -> None:
    address = reverse("onboarding_trial", args=[add_sku(trained).pk])
    client.force_login(person("visitor", "view_release"))
    assert client.post(address).status_code == 403
    client.logout()
    assert "/login/" in client.post(address).headers["Location"]


def test_a_trial_without_a_photo_leads_back(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    row = work(add_sku(trained))
    answer = admin_client.post(reverse("onboarding_trial", args=[row.pk]))
    assert answer.headers["Location"] == page_of(row)


def test_while_no_worker_takes_it_up_the_page_says_what_to_start(
    admin_client: Client, trained: Release, add_sku: AddSku
) -> None:
    row = add_sku(trained)
    assert "manage.py qcluster" not in text(admin_client, page_of(row, "progress"))
    Onboarding.objects.update(queued_at=timezone.now() - timedelta(seconds=11))
    assert "none seems to run. Start one with manage.py qcluster" in text(admin_client, page_of(row, "progress"))


def test_while_the_worker_is_at_another_the_page_says_so(
    admin_client: Client, trained: Release, bundled: Release, add_sku: AddSku
) -> None:
    first, second = add_sku(trained), add_sku(bundled)
    Onboarding.objects.update(queued_at=timezone.now() - timedelta(seconds=11))
    assert Claim.of(first.pk)
    assert f"The worker is busy with {first}" in text(admin_client, page_of(second, "progress"))
    assert "busy" not in text(admin_client, page_of(first, "progress"))


def test_whoever_looks_triggers_what_stands_still(
    admin_client: Client, trained: Release, add_sku: AddSku, django_capture_on_commit_callbacks: object
) -> None:
    row = add_sku(trained)
    Onboarding.objects.update(queued_at=timezone.now() - timedelta(seconds=61))
    with django_capture_on_commit_callbacks() as callbacks:  # type: ignore[operator]
        text(admin_client, page_of(row, "progress"))
    assert len(callbacks) == 1


def test_photos_are_shown_small_and_encoded_anew(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    answer = admin_client.get(page_of(row, "photo", row.photos.all()[0].pk))
    picture = Image.open(BytesIO(answer.content))
    assert (answer.headers["Content-Type"], picture.format, max(picture.size) <= 180) == ("image/jpeg", "JPEG", True)


def test_a_photo_belongs_to_its_own_page(
    admin_client: Client, trained: Release, bundled: Release, add_sku: AddSku
) -> None:
    one, other = add_sku(trained), add_sku(bundled)
    assert admin_client.get(page_of(one, "photo", other.photos.all()[0].pk)).status_code == 404


def test_names_are_no_markup(admin_client: Client, trained: Release, photos: Photos) -> None:
    page = send(admin_client, trained.line, "<script>alert(1)</script>", photos())
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_added_sku_is_in_the_list(admin_client: Client, trained: Release, add_sku: AddSku) -> None:
    add_sku(trained)
    assert "CLIFF_YELLOW_1L" in text(admin_client, reverse("admin:modelstore_onboarding_changelist"))


@pytest.mark.parametrize("model", ["schedule", "success", "failure", "ormq"])
def test_the_queue_has_no_pages_for_they_would_unpickle(model: str) -> None:
    import skuapi.urls  # noqa: F401 - where they are taken out

    with pytest.raises(NoReverseMatch):
        reverse(f"admin:django_q_{model}_changelist")
    assert not any(admin.site.is_registered(one) for one in apps.get_app_config("django_q").get_models())
