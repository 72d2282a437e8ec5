"""One service for most tests here, and copies of it with other settings for the rest."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.live_server import ROOT, Site, serving
from tests.skuapi.edge import Edge, copy_of, encoded, text
from tests.skuapi.picture_host import PictureHost, picture_host

OtherEdge = Callable[..., AbstractContextManager[Edge]]


@pytest.fixture(scope="session")
def pictures() -> Iterator[PictureHost]:
    with picture_host() as host:
        yield host


@pytest.fixture(scope="session")
def populated(
    tiny_site: Site, pictures: PictureHost, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Site, dict[str, str]]:
    """A site of this folder's own, with everybody in it, and their keys.

    Only copies of it are served: what one test uses up of a quota is there again for the next service.
    """
    from tests.skuapi import bundles

    folder = tmp_path_factory.mktemp("edge")
    site = copy_of(
        tiny_site,
        folder,
        FETCH_ALLOWED_HOSTS=pictures.authority,
        FAILED_KEYS_PER_MINUTE="1000000",
        LOG_LEVEL="DEBUG",  # a test looks for secrets in the log
        DEVICE="cpu",
        PRECISION="float32",  # what the golden documents hold
    )
    written = bundles.write_all(folder / "bundles")
    keys = populate(site, written)
    bundles.damage(site, folder / "bundles")
    return site, keys


def populate(site: Site, bundles: list[Path]) -> dict[str, str]:
    """Publishes the bundles and returns the keys of everybody."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.skuapi.population"],
        input=json.dumps([str(bundle) for bundle in bundles]), capture_output=True, text=True, timeout=180,
        cwd=ROOT, env={**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    keys: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return keys


@pytest.fixture(scope="session")
def photo() -> str:
    from tests.tiny_release import photo

    return text(encoded(photo()))


@pytest.fixture(scope="session")
def edge(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge() as edge:
        yield edge


@pytest.fixture(scope="session")
def other_edge(
    populated: tuple[Site, dict[str, str]], photo: str, tmp_path_factory: pytest.TempPathFactory
) -> OtherEdge:
    """Starts a service with other settings: `with other_edge(QUEUE_SIZE="1") as edge`."""
    site, keys = populated

    @contextmanager
    def start(**settings: str) -> Iterator[Edge]:
        copy = copy_of(site, tmp_path_factory.mktemp("other"), **settings)
        with serving(copy) as url:
            yield Edge(url, copy, keys, photo)

    return start


@pytest.fixture(scope="session")
def bad_images() -> Path:
    folder = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "bad_images"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")
    return folder
