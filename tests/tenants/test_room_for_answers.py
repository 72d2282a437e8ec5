"""How much is kept of the answers to requests with an Idempotency-Key, and what goes first."""

import pytest
from pytest_django import Settings

from tenants import answers, keys
from tenants.answers import ROW_BYTES, Answer, Claim, claim, evict, keep, make_room, prune
from tenants.errors import AnswerExpired, AnswerInProgress, IdempotencyMismatch
from tenants.models import ApiKey, StoredAnswer, Tenant
from tests.tenants.named_requests import DAY, HOUR, NOW, answer, answered, begun, noise


def test_the_oldest_answers_make_room(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 2 * (1000 + 100 + ROW_BYTES)
    for number in range(3):
        answered(key, str(number), body=noise(1000, number))
    assert evict(key.tenant_id) == 1
    assert claim(key, "1", "asked", NOW) == answer(noise(1000, 1))


def test_an_answer_that_made_room_has_expired_and_is_never_computed_again(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 0
    answered(key)
    evict(key.tenant_id)
    with pytest.raises(AnswerExpired):
        claim(key, "n", "asked", NOW + DAY - HOUR)


def test_another_request_named_like_one_whose_answer_made_room_is_told_so(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 0
    answered(key)
    evict(key.tenant_id)
    with pytest.raises(IdempotencyMismatch):
        claim(key, "n", "something else", NOW)


def test_room_is_made_as_answers_are_kept(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 10_000
    for number in range(30):
        size = keep(begun(key, str(number)), answer(noise(1000, number)))
        make_room(key.tenant_id, size)
    kept = StoredAnswer.objects.filter(size__gt=0).values_list("size", flat=True)
    assert sum(kept) + ROW_BYTES * len(kept) <= 10_000


def test_the_room_of_one_tenant_is_not_taken_by_another(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 1000 + 100 + ROW_BYTES
    answered(key, body=noise(1000))
    other = keys.issue(Tenant.objects.create(name="Beta"))[0]
    answered(other, body=noise(1000))
    prune(NOW)
    assert claim(key, "n", "asked", NOW) == answer(noise(1000))


def test_pruning_makes_room_too(key: ApiKey, settings: Settings) -> None:
    answered(key)
    settings.STORED_ANSWER_BYTES = 0
    prune(NOW)
    with pytest.raises(AnswerExpired):
        claim(key, "n", "asked", NOW)


def test_an_answer_is_kept_compressed(key: ApiKey) -> None:
    body = b'{"success": true}' * 1000
    answered(key, body=body)
    assert StoredAnswer.objects.get().size < len(body) / 10
    assert claim(key, "n", "asked", NOW) == answer(body)


def refused(key: ApiKey, name: str) -> None:
    keep(begun(key, name), Answer(400, {}, {"code": "missing_field"}, b"{}"))


def test_small_answers_are_counted_with_what_their_rows_take(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 10 * ROW_BYTES
    for number in range(30):
        answered(key, str(number))
    evict(key.tenant_id)
    assert StoredAnswer.objects.filter(size__gt=0).count() < 10


def test_room_is_made_for_small_answers_as_they_are_kept(key: ApiKey, settings: Settings) -> None:
    settings.STORED_ANSWER_BYTES = 10 * ROW_BYTES
    for number in range(30):
        make_room(key.tenant_id, keep(begun(key, str(number)), answer()))
    assert StoredAnswer.objects.filter(size__gt=0).count() < 10


def test_a_refusal_that_made_room_leaves_no_row_and_may_be_asked_again(key: ApiKey, settings: Settings) -> None:
    """Nothing was billed for it."""
    settings.STORED_ANSWER_BYTES = 0
    refused(key, "n")
    evict(key.tenant_id)
    assert isinstance(claim(key, "n", "asked", NOW), Claim)


def test_a_tenants_oldest_names_are_forgotten_beyond_a_number(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_NAMES", 3)
    monkeypatch.setattr(answers, "MOST", 2)
    for number in range(8):
        answered(key, str(number))
    assert prune(NOW) == 5
    assert {row.name for row in StoredAnswer.objects.all()} == {"5", "6", "7"}


def test_names_of_one_tenant_are_not_forgotten_for_another(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_NAMES", 3)
    other = keys.issue(Tenant.objects.create(name="Beta"))[0]
    for number in range(3):
        answered(key, str(number))
        answered(other, str(number))
    assert prune(NOW) == 0


def test_a_name_whose_request_still_runs_is_not_forgotten(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_NAMES", 1)
    begun(key, "running")
    for number in range(2):
        answered(key, str(number))
    prune(NOW)
    with pytest.raises(AnswerInProgress):
        claim(key, "running", "asked", NOW)
