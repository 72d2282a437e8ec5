"""A key in a log line is hidden, whoever writes the line."""

import logging

import pytest

from skuapi.observability.keyless import KeylessFilter, without_keys

KEY = "sku_live_0123456789ab_" + "s" * 38


@pytest.mark.parametrize(
    "line",
    [
        f"GET /roboflow/pack/1?api_key={KEY}&name=a.jpg",
        f"Invalid Request Line 'GET /?api_key={KEY}'",
        f"it was {KEY}.",
        f"API_KEY={KEY}",
        "?service_secret=" + "s" * 38,
    ],
)
def test_the_secret_is_hidden(line: str) -> None:
    assert "ssss" not in without_keys(line)


def test_the_rest_of_the_line_stays() -> None:
    assert without_keys(f"GET /roboflow/pack/1?api_key={KEY}&name=a.jpg") == "GET /roboflow/pack/1?api_key=…&name=a.jpg"


def test_the_public_part_of_a_key_stays_so_that_it_can_be_found() -> None:
    assert without_keys(f"the key {KEY} is old") == "the key sku_live_0123456789ab_… is old"


def test_a_line_without_a_key_is_left_alone() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s of %d", ("five", 9), None)
    assert KeylessFilter().filter(record)
    assert (record.msg, record.args) == ("%s of %d", ("five", 9))


def test_what_is_put_into_a_line_is_looked_at_too() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "asked for %s", (f"/x?api_key={KEY}",), None)
    KeylessFilter().filter(record)
    assert record.getMessage() == "asked for /x?api_key=…"
