"""What authentication, throttling and quota cost a prediction, counted through the same code a view runs."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tenants import quota
from tenants.authentication import authenticate_text
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
def test_a_prediction_costs_at_most_five_queries(text: str, earlier: int) -> None:
    for _ in range(earlier):
        predict(text)
    with CaptureQueriesContext(connection) as captured:
        predict(text)
    statements = [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]
    assert len(statements) <= 5, statements
