"""Slugs of lines that were there before, and of lines that are made at the same time, on SQLite and PostgreSQL."""

import json
from collections.abc import Iterator

import pytest

from tests.live_server import Site
from tests.tenants.conftest import postgres_database

BEFORE = """
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
at = [("modelstore", "0007_signatures")]
call_command("migrate", "modelstore", "0007", verbosity=0)
lines = MigrationExecutor(connection).loader.project_state(at).apps.get_model("modelstore", "ModelLine")
for brand in ("ONE", "one ", "ÖNE", "عصير", "١"):
    lines.objects.create(category="TINY", brand=brand, category_key="tiny", brand_key=brand)
call_command("migrate", verbosity=0)
"""
AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from modelstore.models import ModelLine
def made(number):
    try:
        return ModelLine.named("RACE", "a b" + "!" * number).slug
    finally:
        connection.close()
with ThreadPoolExecutor(4) as pool:
    list(pool.map(made, range(4)))
"""
TOLD = """
import json
from modelstore.models import ModelLine
print(json.dumps([[line.category, line.slug, line.kind] for line in ModelLine.objects.order_by("pk")]))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp(request.param))
    database = postgres_database() if request.param == "postgresql" else iter([None])
    if url := next(database):
        made.settings["DATABASE_URL"] = url
    made.manage("shell", "--no-imports", "-c", BEFORE)
    yield made
    next(database, None)


def told(site: Site, category: str) -> list[tuple[str, str]]:
    rows = json.loads(site.manage("shell", "--no-imports", "-c", TOLD).splitlines()[-1])
    return [(slug, kind) for own, slug, kind in rows if own == category]


def test_lines_that_were_there_before_have_slugs_and_read_shelves(site: Site) -> None:
    slugs = ["tiny-one", "tiny-one-2", "tiny-one-3", "tiny", "tiny-2"]
    assert told(site, "TINY") == [(slug, "shelf") for slug in slugs]


def test_lines_that_are_made_at_once_have_slugs_of_their_own(site: Site) -> None:
    site.manage("shell", "--no-imports", "-c", AT_ONCE)
    assert {slug for slug, _ in told(site, "RACE")} == {"race-a-b", "race-a-b-2", "race-a-b-3", "race-a-b-4"}
