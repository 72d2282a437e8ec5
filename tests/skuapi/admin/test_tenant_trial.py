"""Staff predict as a tenant: what its keys would be answered, and nothing billed."""

from collections.abc import Iterator
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from inference.asker import Asker
from inference.errors import QueueFull
from inference.manifest import ModelSet
from inference.results import Facing, Options, Reading
from modelstore.models import Release
from modelstore.publishing import activate, publish
from skuapi import engine
from skuapi.backends.local import LocalBackend
from skuapi.photo import Photo
from tenants.models import ApiKey, Pin, RequestRecord, Reservation, Tenant, UsageMonth
from tests.skuapi.admin.conftest import Someone
from tests.skuapi.edge import encoded
from tests.tenants.admin_forms import history
from tests.tiny_release import photo


class Noted(LocalBackend):
    """Answers at once, and knows what it was asked: the engine itself is tried elsewhere."""

    asked: list[tuple[str, str, Options]]
    full = False

    def __init__(self) -> None:
        super().__init__()
        self.asked = []

    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        self.asked.append((models.name, asker.flow, options))
        names = ("COLA", "COLA", "LEMON")
        facings = tuple(Facing(0, name, 0.9, 0.9, (0, 0, 9, 9)) for name in names)
        return Reading(models.name, ("COLA", "LEMON", "ORANGE"), facings, photo.image.size, {})

    def check_room(self, flow: str, deadline: float) -> None:
        if self.full:
            raise QueueFull("All places are taken. Try again in a moment.")


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Noted]:
    noted = Noted()
    monkeypatch.setattr(engine, "backend", lambda: noted)
    return noted


@pytest.fixture
def release(db: None, tiny_bundle: Any) -> Release:
    made = publish(tiny_bundle)
    activate(made, lambda manifest: None, reason="first")
    return made


def tried(client: Client, tenant: Tenant, **changes: Any) -> Any:
    picture = SimpleUploadedFile("shelf.jpg", encoded(photo()), "image/jpeg")
    line = Release.objects.first()
    fields = {"line": line and line.line_id, "photo": picture, "sku_conf": "", "det_conf": "", **changes}
    return client.post(reverse("tenant_trial", args=[tenant.pk]), fields)


def test_products_share_and_release_are_shown(staff: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    page = tried(staff, tenant).content.decode()
    assert "data:image/jpeg;base64," in page
    assert "66.7 %" in page
    assert str(release) in page
    assert "ORANGE" in page


def test_the_photo_takes_its_turn_among_those_of_the_tenant(
    staff: Client, tenant: Tenant, release: Release, backend: Noted
) -> None:
    tried(staff, tenant)
    assert backend.asked == [(str(release), str(tenant.pk), Options())]


def test_thresholds_are_those_that_were_given(staff: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    tried(staff, tenant, sku_conf="0", det_conf="0.8")
    assert backend.asked[0][2] == Options(0.0, 0.8)


def test_nothing_is_billed_or_written_down(staff: Client, key: ApiKey, release: Release, backend: Noted) -> None:
    tried(staff, key.tenant)
    assert backend.asked
    assert [model.objects.count() for model in (UsageMonth, Reservation, RequestRecord)] == [0, 0, 0]


def test_it_works_when_the_quota_is_used_up(staff: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    Tenant.objects.update(monthly_quota=0)
    assert "COLA" in tried(staff, tenant).content.decode()


def test_it_is_in_the_history_of_the_tenant(staff: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    tried(staff, tenant)
    assert ("staff", f"Tried a photo: {release} found 3 facings. Nothing was billed.") in history(staff, tenant)


def test_a_pin_of_the_tenant_counts(
    staff: Client, tenant: Tenant, release: Release, tiny_bundle: Any, backend: Noted
) -> None:
    Pin.objects.create(tenant=tenant, release=release)
    Release.objects.filter(pk=release.pk).update(status="retired")
    tried(staff, tenant)
    assert backend.asked[0][0] == str(release)


def test_lines_that_the_tenant_may_not_use_cannot_be_tried(
    staff: Client, tenant: Tenant, release: Release, backend: Noted
) -> None:
    Tenant.objects.update(restrict_models=True)
    page = tried(staff, tenant).content.decode()
    assert "No model line answers this tenant" in page
    assert backend.asked == []


def test_what_is_no_photo_is_named_with_its_file(
    staff: Client, tenant: Tenant, release: Release, backend: Noted
) -> None:
    page = tried(staff, tenant, photo=SimpleUploadedFile("list.pdf", b"%PDF-1.4")).content.decode()
    assert "list.pdf" in page
    assert not LogEntry.objects.filter(additional_data__did__startswith="Tried").exists()


def test_a_full_queue_is_told_in_words(staff: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    backend.full = True
    assert "All places are taken" in tried(staff, tenant).content.decode()


@pytest.mark.parametrize(("field", "value"), [("sku_conf", "1.1"), ("det_conf", "much"), ("photo", ""), ("line", "99")])
def test_a_field_that_is_wrong_is_asked_for_again(
    staff: Client, tenant: Tenant, release: Release, backend: Noted, field: str, value: str
) -> None:
    answer = tried(staff, tenant, **{field: value})
    assert answer.context["form"].errors.keys() == {field}
    assert backend.asked == []


def test_a_deactivated_tenant_can_be_tried_and_the_page_says_so(
    staff: Client, tenant: Tenant, release: Release, backend: Noted
) -> None:
    Tenant.objects.update(is_active=False)
    assert "deactivated" in tried(staff, tenant).content.decode()
    assert backend.asked


@pytest.mark.parametrize(("permission", "status"), [("view_tenant", 403), ("change_tenant", 200)])
def test_only_who_may_change_tenants_tries(
    someone: Someone, tenant: Tenant, release: Release, backend: Noted, permission: str, status: int
) -> None:
    assert tried(someone(permission), tenant).status_code == status
    assert len(backend.asked) == (status == 200)


def test_whoever_is_not_logged_in_is_asked_to(client: Client, tenant: Tenant, release: Release, backend: Noted) -> None:
    assert tried(client, tenant).status_code == 302
