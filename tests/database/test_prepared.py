"""Queries written once: bound anew at each run, and read as the ORM reads them."""

from typing import Any

import pytest
from django.db.models import QuerySet

from database.prepared import Prepared
from tenants import keys
from tenants.models import ApiKey, Tenant


def scopes_of(label: str) -> "QuerySet[ApiKey, Any]":
    return ApiKey.objects.filter(label=label, state="active").values_list("label", "scopes", "created_at")


@pytest.fixture
def labelled(db: None) -> list[ApiKey]:
    tenant = Tenant.objects.create(name="Acme")
    return [keys.issue(tenant, label=label, scopes=["predict"])[0] for label in ("tills", "cameras")]


def test_each_run_binds_its_own_values(labelled: list[ApiKey]) -> None:
    query = Prepared(scopes_of, label="a label")
    assert [query.rows(label=key.label)[0][0] for key in labelled] == ["tills", "cameras"]


def test_values_come_back_as_from_the_orm(labelled: list[ApiKey]) -> None:
    assert Prepared(scopes_of, label="a label").rows(label="tills") == list(scopes_of("tills"))


def test_the_statement_is_written_once(labelled: list[ApiKey]) -> None:
    written = []

    def write(label: str) -> "QuerySet[ApiKey, Any]":
        written.append(label)
        return scopes_of(label)

    query = Prepared(write, label="a label")
    for _ in range(3):
        query.rows(label="tills")
    assert written == ["a label"]


def test_a_value_that_the_query_does_not_use_is_an_error_of_the_programmer(labelled: list[ApiKey]) -> None:
    query = Prepared(lambda label, other: scopes_of(label), label="a label", other="nowhere")
    with pytest.raises(AssertionError, match="other"):
        query.rows(label="tills", other=1)


def test_a_key_that_was_found_can_be_saved(labelled: list[ApiKey]) -> None:
    """It is built from a row here, and must be as good as one from the ORM."""
    found = keys.find(labelled[0].created_at, "pk", labelled[0].pk)
    assert found is not None
    found.tenant.name = "Acme & Sons"
    found.tenant.save()
    found.suspend()
    fresh = ApiKey.objects.select_related("tenant").get(pk=found.pk)
    assert (fresh.tenant.name, fresh.state) == ("Acme & Sons", "suspended")
