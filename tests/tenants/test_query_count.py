"""What authentication, throttling and quota cost a prediction, counted through the same code a view runs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import answers, quota
from tenants.authentication import authenticate_text
from tenants.models import ApiKey
from tenants.throttling import count_request

BOOKKEEPING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def predict(text: str) -> None:
    request = RequestFactory().post("/")
    _, key = authenticate_text(request, [text])
    assert key.has_scope("predict")
    count_request(request, key)
    quota.check_not_exhausted(key)
    assert quota.reserve(key).settle().used


@pytest.mark.parametrize("earlier", [1, 5])
@pytest.mark.parametrize("last_used", [timedelta(0), timedelta(minutes=2)], ids=["just now", "a while ago"])
def test_a_prediction_costs_at_most_five_queries(text: str, earlier: int, last_used: timedelta) -> None:
    for _ in range(earlier):
        predict(text)
    ApiKey.objects.update(last_used_at=timezone.now() - last_used)
    with CaptureQueriesContext(connection) as captured:
        predict(text)
    statements = [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]
    assert len(statements) <= 5, statements


def predict_named(text: str, name: str) -> None:
    request = RequestFactory().post("/")
    _, key = authenticate_text(request, [text])
    count_request(request, key)
    claim = answers.claim(key, name, "asked", timezone.now())
    if isinstance(claim, answers.Claim):
        quota.check_not_exhausted(key)
        answer = answers.Answer(200, {}, {}, b"{}")
        quota.reserve(key).settle(lambda: answers.make_room(key.tenant_id, answers.keep(claim, answer)))


@pytest.mark.parametrize(("name", "queries"), [("new", 7), ("old", 3)])
def test_a_name_costs_two_queries_and_its_repetition_three_in_all(text: str, name: str, queries: int) -> None:
    predict_named(text, "old")
    with CaptureQueriesContext(connection) as captured:
        predict_named(text, name)
    statements = [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]
    assert len(statements) <= queries, statements
