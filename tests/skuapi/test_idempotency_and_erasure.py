"""A request with an Idempotency-Key whose tenant is erased at some moment while it is served."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inference.asker import Asker
from inference.manifest import ModelSet
from inference.results import Options, Reading
from modelstore.publishing import activate, publish
from skuapi import engine, idempotency
from skuapi.backends.local import LocalBackend
from skuapi.photo import Photo
from tenants import answers, erasure, keys
from tenants.models import StoredAnswer, Tenant, UsageMonth
from tests.key_holder import nothing_counted_yet  # noqa: F401 - a fixture
from tests.skuapi.edge import encoded, text
from tests.tiny_release import photo

pytestmark = pytest.mark.django_db(transaction=True)  # that a tenant is there is looked at with the COMMIT
Happens = Callable[[Tenant], object]


class Interrupted(LocalBackend):
    """While it reads, something happens to the tenant."""

    def __init__(self, happens: Happens, tenant: Tenant) -> None:
        super().__init__()
        self._happens, self._tenant = happens, tenant

    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        self._happens(self._tenant)
        return Reading(models.name, ("COLA",), (), photo.image.size, {})

    def check_room(self, flow: str, deadline: float) -> None:
        """There is always room."""


def nothing(tenant: Tenant) -> None:
    """Happens."""


def begun(tenant: Tenant) -> None:
    """As far as an erasure has come when its stored answers are gone and its ledger is there."""
    Tenant.objects.filter(pk=tenant.pk).update(is_active=False)
    StoredAnswer.objects.filter(tenant=tenant).delete()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, tiny_bundle: Any, client: Client) -> Callable[..., tuple[int, str]]:
    """Status and code of one request; first: what happens after its key was proven, meanwhile: while it is read."""
    activate(publish(tiny_bundle), lambda manifest: None, reason="first")
    tenant = Tenant.objects.create(name="Alpha")
    key = keys.issue(tenant)[1]

    def send(first: Happens = nothing, meanwhile: Happens = nothing) -> tuple[int, str]:
        real, backend = answers.claim, Interrupted(meanwhile, tenant)

        def claim(*arguments: Any) -> Any:
            first(tenant)
            return real(*arguments)

        monkeypatch.setattr(engine, "backend", lambda: backend)
        monkeypatch.setattr(idempotency.answers, "claim", claim)
        body = {"image": text(encoded(photo())), "category": "TINY", "brand": "ONE"}
        headers = {"X-API-Key": key, "Idempotency-Key": "once"}
        answer = client.post("/api/v1/predict", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json().get("code", "")

    return send


def test_undisturbed_it_is_answered(sent: Callable[..., tuple[int, str]]) -> None:
    assert sent() == (200, "")


@pytest.mark.parametrize("moment", ["first", "meanwhile"])
def test_erased_at_any_moment_it_is_a_401_as_for_a_key_that_never_was(
    sent: Callable[..., tuple[int, str]], moment: str
) -> None:
    assert sent(**{moment: erasure.erase}) == (401, "invalid_api_key")
    assert not UsageMonth.objects.exists()
    assert not StoredAnswer.objects.exists()


def test_amid_the_erasure_it_is_a_403_as_for_an_inactive_tenant(sent: Callable[..., tuple[int, str]]) -> None:
    assert sent(meanwhile=begun) == (403, "tenant_inactive")
