"""A pin as its tenant meets it: the answer names the release, and the list of models shows the same one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import tiny_release
from tests.live_server import serving
from tests.skuapi.edge import Edge, copy_of

PIN = """
from modelstore.models import Release
from tenants.models import Pin, Tenant
Pin.objects.create(tenant=Tenant.objects.get(slug="beta"), release=Release.called("TINY/ONE@1"))
"""


@pytest.fixture(scope="module")
def campaign(edge: Edge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Beta is pinned to TINY/ONE@1, and another release is active by now."""
    folder: Path = tmp_path_factory.mktemp("campaign")
    site = copy_of(edge.site, folder)
    tiny_release.write(folder / "newer", seed=77)
    site.activate(folder / "newer")
    site.manage("shell", "-c", PIN)
    with serving(site) as url:
        yield Edge(url, site, edge.keys, edge.photo)


def release_of(edge: Edge, key: str) -> str:
    answer = edge.predict(key)
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Model-Release"]


def listed(edge: Edge, key: str) -> str:
    models = edge.get("/api/v1/models", key).json()["models"]
    return next(str(model["release"]) for model in models if model["brand"] == "ONE")


def test_a_pinned_tenant_is_answered_by_the_retired_release(campaign: Edge) -> None:
    assert (release_of(campaign, "beta"), listed(campaign, "beta")) == ("TINY/ONE@1", "TINY/ONE@1")


def test_everybody_else_is_answered_by_the_active_one(campaign: Edge) -> None:
    active = release_of(campaign, "alpha")
    assert active != "TINY/ONE@1"
    assert listed(campaign, "alpha") == active
