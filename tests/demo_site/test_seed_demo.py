"""manage.py seed_demo: the keys a newcomer tries the service with."""

import json
import stat
from pathlib import Path

import pytest

from tests.demo_site.conftest import Seeded
from tests.skuapi.edge import copy_of

TENANT = """
from tenants.models import Tenant; import json
t = Tenant.objects.get(slug="demo")
print(json.dumps({"quota": t.monthly_quota, "burst": t.burst_limit_per_minute, "origins": t.origins,
  "keys": [[k.burst_limit_per_minute, k.scopes, k.api_version] for k in t.keys.order_by("pk")]}))
"""


@pytest.fixture(scope="module")
def tenant(seeded: Seeded) -> dict[str, object]:
    return json.loads(seeded.site.manage("shell", "-c", TENANT).splitlines()[-1])  # type: ignore[no-any-return]


def test_it_names_keys_category_brand_and_photo(seeded: Seeded) -> None:
    assert {"api_key", "api_key_v1", "category", "brand", "image"} <= set(seeded.first)


def test_the_photo_is_there(seeded: Seeded) -> None:
    assert Path(seeded.first["image"]).read_bytes()[:2] == b"\xff\xd8"


def test_running_it_again_keeps_the_keys(seeded: Seeded) -> None:
    assert seeded.first == seeded.second


def test_a_checkout_that_has_moved_names_its_photo_where_it_is_now(seeded: Seeded, tmp_path: Path) -> None:
    moved = copy_of(seeded.site, tmp_path)
    kept = json.loads((seeded.site.folder / "demo.json").read_text())
    (tmp_path / "demo.json").write_text(json.dumps({**kept, "image": "/where/it/was/shelf.jpg"}))
    assert moved.manage_json("seed_demo") == seeded.first


def test_three_brands_can_be_asked_for(seeded: Seeded) -> None:
    active = {release["release"] for release in seeded.site.manage_json("list_releases")["releases"]}
    assert active >= {"DRINKS/JORDINA@1", "LIQUID_HAND_SOAP/HIGEEN@1", "CHIPS/TAQRIMO@1"}


def test_it_names_a_classifier_of_each_kind_that_is_there(seeded: Seeded) -> None:
    named = {seeded.first["roboflow_model"], seeded.first["roboflow_multilabel_model"]}
    releases = {release["release"] for release in seeded.site.manage_json("list_releases")["releases"]}
    assert named == {"grocery-packs/1", "pack-damage/1"}
    assert releases >= {f"CLASSIFICATION/{name.replace('/', '@')}" for name in named}


def test_only_the_owner_can_read_the_kept_keys(seeded: Seeded) -> None:
    assert stat.S_IMODE((seeded.site.folder / "demo.json").stat().st_mode) == 0o600


def test_the_demo_tenant_has_a_million_requests(tenant: dict[str, object]) -> None:
    assert tenant["quota"] == 1_000_000


def test_neither_the_demo_tenant_nor_its_keys_have_a_burst_limit(tenant: dict[str, object]) -> None:
    assert (tenant["burst"], [key[0] for key in tenant["keys"]]) == (0, [0, 0])  # type: ignore[attr-defined]


def test_the_demo_keys_have_all_scopes(tenant: dict[str, object]) -> None:
    assert [key[1] for key in tenant["keys"]] == [[], []]  # type: ignore[attr-defined]


def test_one_key_is_on_the_current_version_and_one_is_pinned_to_the_first(tenant: dict[str, object]) -> None:
    assert [key[2] for key in tenant["keys"]] == [None, "1.0"]  # type: ignore[attr-defined]


def test_the_demo_tenant_may_be_called_from_any_page(tenant: dict[str, object]) -> None:
    assert tenant["origins"] == ["*"]


def test_keys_that_the_database_no_longer_knows_are_made_anew(seeded: Seeded, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text((seeded.site.folder / "demo.json").read_text())
    fresh = type(seeded.site)(tmp_path).manage_json("seed_demo")
    assert fresh["api_key"] != seeded.first["api_key"]
