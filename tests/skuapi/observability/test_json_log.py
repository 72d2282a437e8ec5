"""The log as JSON: a document a line, with the id of the request."""

import json
from typing import Any

import pytest

from tests.skuapi.edge import Edge


@pytest.fixture(scope="module")
def lines(watched: Edge) -> list[dict[str, Any]]:
    """gunicorn's own lines are none of the service's."""
    return [json.loads(line) for line in watched.log.splitlines() if line.startswith("{")]


def test_every_line_says_when_how_bad_who_and_what(lines: list[dict[str, Any]]) -> None:
    assert lines
    assert all({"time", "level", "logger", "message", "request_id"} <= line.keys() for line in lines)


def test_an_error_has_the_id_of_its_request(lines: list[dict[str, Any]]) -> None:
    assert [line["logger"] for line in lines if line["request_id"] == "broken-1" and line["level"] == "ERROR"]


def test_every_request_of_the_api_is_a_line(lines: list[dict[str, Any]]) -> None:
    told = [line for line in lines if line["logger"] == "skuapi.requests"]
    served = [line for line in told if line["status"] == 200 and line["endpoint"] == "predict"]
    assert [line["release"] for line in served] == ["TINY/ONE@1", "TINY/TWO@1"]
    assert all(line["tenant"] == "alpha" and line["milliseconds"] > 0 for line in served)


def test_a_refused_request_has_its_code(lines: list[dict[str, Any]]) -> None:
    told = [line for line in lines if line["logger"] == "skuapi.requests" and line["request_id"] == "broken-1"]
    assert [(line["status"], line["code"]) for line in told] == [(503, "model_refused")]
