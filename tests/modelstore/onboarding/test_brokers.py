"""The worker with what larger installations have: PostgreSQL, and Redis as the queue."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_server import Site, free_port
from tests.modelstore.onboarding.brand_site import brand_site, new_photos, take_in
from tests.modelstore.onboarding.worker import working
from tests.tenants.conftest import postgres_database

ACCEPT = "from modelstore.models import Onboarding; Onboarding.objects.update(accepted_by='alice')"
STATE = "from modelstore.models import Onboarding; print(Onboarding.objects.get().state)"
QUEUED = "from django_q.models import OrmQ; print(OrmQ.objects.count())"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    server = shutil.which("redis-server") or pytest.skip("No redis-server on this machine.")
    port = free_port()
    with subprocess.Popen([server, "--port", str(port), "--save", "", "--dir", str(tmp_path)]) as process:
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.audit), "redis"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "redis":
        yield brand_site(tmp_path, REDIS_URL=request.getfixturevalue("redis"))
        return
    database = postgres_database()
    yield brand_site(tmp_path, DATABASE_URL=next(database))
    next(database, None)


def told(site: Site, code: str) -> str:
    return site.manage("shell", "--no-imports", "-c", code).split()[-1]


def test_a_sku_is_added_and_refitted(site: Site, tmp_path: Path) -> None:
    take_in(site, new_photos(tmp_path))
    site.manage("shell", "--no-imports", "-c", ACCEPT)
    assert told(site, QUEUED) == ("0" if "REDIS_URL" in site.settings else "1")
    end = time.monotonic() + 180
    with working(site):
        while (state := told(site, STATE)) != "done" and time.monotonic() < end:
            assert state in ("waiting", "prototype", "answering", "refitting")
    assert told(site, STATE) == "done"
    active = [row for row in site.manage_json("list_releases")["releases"] if row["status"] == "active"]
    assert "CLIFFS/CLIFF@3" in [row["release"] for row in active]
