"""The page and the code say the same: what the code sends or answers is named on the page."""

import ast
import json
import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from inference.engine_status import EngineStatus
from inference.results import Facing, Reading
from modelstore.models import ModelLine, Release
from skuapi.portal.code_table import code_table
from skuapi.wire import account, sku_request, sku_v1, sku_v2
from tenants.models import Usage
from tenants.quota import MonthUsed
from tests.portal.markup import Markup

SKUS = ("SKU_A", "SKU_B")
READING = Reading("DRINKS/JORDINA@1", SKUS, (Facing(0, "SKU_A", 0.9, 0.8, (0, 0, 9, 9)),), (10, 10), {})
ERROR_MODULES = (
    "inference/errors.py",
    "inference/image_errors.py",
    "modelstore/errors.py",
    "skuapi/errors.py",
    "tenants/errors.py",
)
PACKAGES = ("inference", "modelstore", "skuapi", "tenants")
# Words of these modules that look like codes and are none; codes of probes and metrics, which stand in
# docs/operating.md; and one that nobody is left to read.
NO_CODES = {"retry_after", "not_alive", "not_ready", "metrics_refused", "client_gone"}
RELEASE = Release(pk=1, line=ModelLine(category="DRINKS", brand="JORDINA"), version=1)


def names_in(document: Any) -> set[str]:
    """The field names of a document, at every depth; SKUs are values that happen to be keys."""
    if isinstance(document, list):
        return {name for item in document for name in names_in(item)}
    if not isinstance(document, dict):
        return set()
    inner = {name for value in document.values() for name in names_in(value)}
    return (set(document) | inner) - set(SKUS)


def words(path: str) -> set[str]:
    found = Markup(Client().get(path).content.decode()).code_words()
    return found | {word.removeprefix("predictions[].") for word in found}


ANSWERS: dict[str, tuple[str, Any]] = {
    "version 2.0": ("/", sku_v2.encode(READING, 0.5, True, b"jpeg")),
    "version 1.0": ("/docs/v1", sku_v1.encode(READING, 0.5, True, 1.0)),
    "status": ("/", account.encode_status(EngineStatus("online", "inproc://cpu", "fp32", 1.0))),
    "models": ("/", account.encode_models([RELEASE], [RELEASE], {1: list(SKUS)})),
    "usage": ("/", account.encode_usage("2026-02", Usage(date(2026, 2, 1), 9, 1, 0), [MonthUsed(date(2026, 2, 1), 1)])),
}


@pytest.mark.parametrize("field", sku_request.FIELDS)
def test_every_parameter_is_described(field: str) -> None:
    rows = Markup(Client().get("/").content.decode()).all("th")
    assert any(row.text.split() in ([field, "Required"], [field, "Optional"]) for row in rows)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_field_of_an_answer_is_named(name: str) -> None:
    path, document = ANSWERS[name]
    assert names_in(document) - {"unknown"} <= words(path)


@pytest.mark.parametrize("header", settings.CORS_EXPOSE_HEADERS)
def test_every_header_that_pages_can_read_is_described(header: str) -> None:
    assert header in words("/")


def codes_in(path: str) -> set[str]:
    """Every text in a module of errors that has the form of a code."""
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+|forbidden", text)} - NO_CODES


@pytest.mark.parametrize("module", ERROR_MODULES)
def test_every_error_code_of_the_code_base_stands_in_the_table(module: str) -> None:
    assert codes_in(module) <= {row.code for row in code_table()}


def exceptions_in(path: str) -> set[str]:
    """Those that are raised themselves: names of base classes end in Error."""
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases}
    return {name for name in classes if not name.endswith("Error")} - {"Refusal"}


def names_used() -> set[str]:
    """By the code that answers requests: neither where errors are defined nor where they are documented."""
    files = [file for package in PACKAGES for file in (settings.BASE_DIR / package).rglob("*.py")]
    apart = {settings.BASE_DIR / path for path in (*ERROR_MODULES, "skuapi/portal/code_table.py")}
    return {word for file in files if file not in apart for word in re.findall(r"\w+", file.read_text())}


@pytest.mark.parametrize("module", ERROR_MODULES)
def test_every_error_that_has_a_code_can_be_met(module: str) -> None:
    assert exceptions_in(module) - names_used() == set()


def test_no_code_stands_in_the_table_twice() -> None:
    codes = [row.code for row in code_table()]
    assert sorted(codes) == sorted(set(codes))


def test_the_example_of_an_error_is_what_the_service_answers() -> None:
    examples = [element.text for element in Markup(Client().get("/").content.decode()).all("code")]
    error = next(json.loads(text) for text in examples if text.startswith('{\n  "success": false'))
    assert (error["code"], error["error"]) in {(row.code, row.says) for row in code_table()}
