"""The examples are the contract, word for word."""

import hashlib
from pathlib import Path

import pytest

from skuapi.portal.examples import FOLDER, PLACEHOLDER, PUBLISHED_HOSTS, examples

# Of the published texts, without white space, which the published pages of version 2.0 have lost.
DIGESTS = {
    "v1-curl": "12f76a4f9d0a07427ad6c4d8eac5c2aaf2e9c04f086a527e7f85df6c2175d878",
    "v1-python": "a975a1d9ab5d53e1a9742e70fa3e7a364096a082cc1a1230d28430f97c92cae9",
    "v1-javascript": "e66c04b28f863d8fef539b5bbb7cd3435913504c063774712e8477330b346149",
    "v2-curl": "d2525194af1caae66b027e442e9bc229133d503f6293640a94d54214366f3407",
    "v2-python": "ade92aef9a9676e2bb76314bdff1c22ca9ad5810b912ac85c54a40455d5445f8",
    "v2-javascript": "741ec8d8b7c7dbc5c19b426d6c630cf323e942e7265acc49624377197d3bd3fe",
}


def digest(path: Path) -> str:
    return hashlib.sha256("".join(path.read_text().split()).encode()).hexdigest()


@pytest.mark.parametrize("name", DIGESTS)
def test_a_published_example_is_kept_as_it_was_published(name: str) -> None:
    assert digest(FOLDER / f"{name}.txt") == DIGESTS[name]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_no_published_host_is_left_on_our_pages(version: str) -> None:
    shown = "".join(example.code for example in examples(version, "https://here.example", "sku_live_x"))
    assert not any(host in shown for host in PUBLISHED_HOSTS)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_only_host_and_key_differ_from_what_was_published(version: str) -> None:
    for example in examples(version, "https://here.example", "sku_live_x"):
        published = (FOLDER / f"{version}-{example.name}.txt").read_text()
        restored = example.code.replace("sku_live_x", PLACEHOLDER)
        assert restored in {published.replace(host, "https://here.example") for host in PUBLISHED_HOSTS}
