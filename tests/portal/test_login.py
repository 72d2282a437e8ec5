"""A person logs in with a key, once; the session remembers which key, never its text."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tenants import keys
from tenants.authentication import SESSION_KEY
from tenants.models import ApiKey, Tenant
from tests.portal.conftest import HTML

USAGE = "/api/v1/usage"


def log_in(text: str, client: Client | None = None, **data: str) -> Any:
    return (client or Client()).post("/api/login", {"api_key": text, **data})


def test_the_key_opens_the_api_for_the_browser(person: Client, tenant: Tenant) -> None:
    assert person.get(USAGE, headers={"accept": "application/json"}).json()["limit"] == tenant.monthly_quota


def test_the_session_holds_the_number_of_the_key_and_nothing_else(person: Client, key: ApiKey) -> None:
    assert dict(person.session) == {SESSION_KEY: key.pk}


def test_the_text_of_the_key_is_in_no_stored_session(person: Client, text: str) -> None:
    assert not any(text in str(session.get_decoded()) for session in Session.objects.all())


def test_white_space_around_a_pasted_key_does_not_matter(text: str) -> None:
    assert log_in(f"  {text}\n").status_code == 302


def test_the_session_gets_a_new_id_at_login(text: str) -> None:
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    log_in(text, client)
    assert client.session.session_key != session.session_key


def test_a_form_without_its_token_logs_nobody_in(text: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = log_in(text, client)
    assert (answer.status_code, answer.json()["code"], SESSION_KEY in client.session) == (403, "forbidden", False)


def test_a_person_whose_form_lacks_its_token_reads_a_page(text: str) -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/login", {"api_key": text}, **HTML)
    assert "This form has grown old" in answer.content.decode()


@pytest.mark.parametrize("wrong", ["", "nonsense", "sku_live_000000000000_" + "0" * 38, "x" * 2000])
def test_a_text_that_is_no_key_is_refused_in_words(wrong: str, db: None) -> None:
    answer = log_in(wrong)
    assert (answer.status_code, "This is no key of ours" in answer.content.decode()) == (401, True)


def test_a_refused_text_is_not_shown_again(db: None) -> None:
    assert "almost-a-key" not in log_in("almost-a-key").content.decode()


def test_failed_logins_are_counted_like_failed_requests(settings: Any, db: None) -> None:
    settings.FAILED_KEYS_PER_MINUTE = 2
    statuses = [log_in("nonsense").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_failed_login_counts_against_requests_without_a_key(settings: Any, db: None) -> None:
    settings.FAILED_KEYS_PER_MINUTE = 1
    log_in("nonsense")
    assert Client().get(USAGE).status_code == 429


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "suspended"}, "is suspended"),
        ({"state": "revoked"}, "is revoked for good"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "has expired"),
    ],
)
def test_a_key_that_may_not_be_used_says_why(change: dict[str, Any], reason: str, key: ApiKey, text: str) -> None:
    ApiKey.objects.filter(pk=key.pk).update(**change)
    answer = log_in(text)
    assert (answer.status_code, reason in answer.content.decode()) == (403, True)


def test_the_key_of_an_inactive_tenant_says_why(tenant: Tenant, text: str) -> None:
    Tenant.objects.update(is_active=False)
    assert "This account is inactive" in log_in(text).content.decode()


def test_a_login_leads_to_where_it_was_asked_for(text: str) -> None:
    assert log_in(text, next=USAGE)["Location"] == USAGE


ELSEWHERE = ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""]


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_a_login_never_leads_to_another_host(next_: str, text: str) -> None:
    assert log_in(text, next=next_)["Location"] == "/api/v1/predict"


def test_logging_out_ends_it(person: Client) -> None:
    person.post("/api/logout")
    assert person.get(USAGE).status_code == 401


def test_a_link_logs_nobody_out(person: Client) -> None:
    person.get("/api/logout")
    assert person.get(USAGE).status_code == 200


def test_a_logout_without_its_token_is_refused(text: str) -> None:
    client = Client()
    log_in(text, client)
    client.handler.enforce_csrf_checks = True
    assert client.post("/api/logout").status_code == 403


def test_logging_out_leaves_staff_in_the_admin(admin_client: Client, text: str) -> None:
    log_in(text, admin_client)
    admin_client.post("/api/logout")
    assert admin_client.get("/admin/").status_code == 200


def test_a_key_revoked_a_minute_ago_opens_nothing_any_more(person: Client, key: ApiKey) -> None:
    key.revoke()
    answer = person.get(USAGE)
    assert (answer.status_code, "Your key is not accepted any more" in answer.content.decode()) == (403, True)


def test_a_suspended_key_in_a_session_is_answered_in_json_to_scripts(person: Client, key: ApiKey) -> None:
    key.suspend()
    assert person.get(USAGE, headers={"accept": "application/json"}).json()["code"] == "key_suspended"


def test_a_person_sees_nothing_of_another_tenant(person: Client) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Secretive", monthly_quota=77))
    shown = person.get(USAGE).content.decode()
    assert not any(word in shown for word in ("Secretive", other.key_id, "77"))
