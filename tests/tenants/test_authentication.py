"""Who is let in, through the real endpoints."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from skuapi.observability.recorder import recorder
from tenants import keys, quota
from tenants.authentication import SESSION_KEY
from tenants.models import ApiKey, RequestRecord, Tenant

USAGE = "/api/v1/usage"
RATE_HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset"}


@pytest.fixture
def other_text(text: str) -> str:
    return keys.issue(Tenant.objects.create(name="Beta", monthly_quota=77))[1]


def ask(client: Client, path: str = USAGE, **headers: str) -> Any:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_valid_key_is_let_in(client: Client, text: str) -> None:
    assert ask(client, x_api_key=text).status_code == 200


def test_a_key_sees_the_usage_of_its_own_tenant_only(client: Client, key: ApiKey, other_text: str) -> None:
    quota.reserve(key).settle()
    answer = ask(client, x_api_key=other_text).json()
    assert (answer["limit"], answer["used"], answer["history"]) == (77, 0, [])


def test_the_same_key_sent_twice_is_one_key(client: Client, text: str) -> None:
    assert ask(client, x_api_key=f"{text}, {text}").status_code == 200


WRONG = {
    "missing": lambda text, other: {},
    "empty": lambda text, other: {"x_api_key": ""},
    "malformed": lambda text, other: {"x_api_key": "hello"},
    "truncated": lambda text, other: {"x_api_key": text[:-3]},
    "overlong": lambda text, other: {"x_api_key": text * 200},
    "non-ASCII": lambda text, other: {"x_api_key": text[:-1] + "é"},
    "with a NUL": lambda text, other: {"x_api_key": text[:-1] + "\0"},
    "bad checksum": lambda text, other: {"x_api_key": text[:-1] + ("a" if text[-1] != "a" else "b")},
    "unknown id": lambda text, other: {"x_api_key": _sealed(text[:9] + "A" * 12 + text[21:-6])},
    "wrong secret": lambda text, other: {"x_api_key": _sealed(text[:22] + "A" * 32)},
    "two that disagree": lambda text, other: {"x_api_key": f"{text},{other}"},
}


def _sealed(body: str) -> str:
    return body + keys.checksum(body)


@pytest.mark.parametrize("name", WRONG)
def test_every_wrong_key_gets_the_very_same_401(client: Client, text: str, other_text: str, name: str) -> None:
    answer, missing = ask(client, **WRONG[name](text, other_text)), ask(client)
    assert (answer.status_code, answer.content) == (401, missing.content)


def test_a_401_says_how_to_authenticate(client: Client, db: None) -> None:
    assert ask(client)["WWW-Authenticate"].startswith("ApiKey")


def test_a_401_has_no_rate_headers_because_no_tenant_is_known(client: Client, db: None) -> None:
    assert not RATE_HEADERS & set(ask(client).headers)


REFUSED = {
    "key_suspended": lambda key: key.suspend(),
    "key_revoked": lambda key: key.revoke(),
    "key_expired": lambda key: ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now()),
    "tenant_inactive": lambda key: Tenant.objects.filter(pk=key.tenant_id).update(is_active=False),
    "scope_missing": lambda key: ApiKey.objects.filter(pk=key.pk).update(scopes=["predict"]),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_proven_key_that_may_not_is_told_why(client: Client, key: ApiKey, text: str, code: str) -> None:
    REFUSED[code](key)
    answer = ask(client, "/api/v1/status", x_api_key=text)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


@pytest.mark.parametrize("code", REFUSED)
def test_a_403_carries_the_rate_headers(client: Client, key: ApiKey, text: str, code: str) -> None:
    REFUSED[code](key)
    assert set(ask(client, "/api/v1/status", x_api_key=text).headers) >= RATE_HEADERS


def test_a_revoked_key_is_refused_from_its_next_request_on(client: Client, key: ApiKey, text: str) -> None:
    statuses = [ask(client, x_api_key=text).status_code]
    key.revoke()
    assert [*statuses, ask(client, x_api_key=text).status_code] == [200, 403]


def test_a_key_with_the_wrong_secret_does_not_learn_that_the_key_is_revoked(
    client: Client, key: ApiKey, text: str
) -> None:
    key.revoke()
    assert ask(client, x_api_key=_sealed(text[:22] + "A" * 32)).status_code == 401


# --- a key that is refused, again and again


@pytest.fixture
def three_a_minute(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(burst_limit_per_minute=3)


@pytest.mark.parametrize("code", REFUSED)
def test_a_refused_key_is_told_why_up_to_its_limit_and_slowed_down_beyond_it(
    client: Client, key: ApiKey, text: str, three_a_minute: None, code: str
) -> None:
    REFUSED[code](key)
    answers = [ask(client, "/api/v1/status", x_api_key=text) for _ in range(4)]
    assert [answer.json()["code"] for answer in answers] == [code] * 3 + ["burst_limited"]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61


def test_a_refused_key_without_a_limit_of_its_own_has_the_services(
    client: Client, key: ApiKey, text: str, settings: Settings
) -> None:
    settings.BURST_LIMIT_PER_MINUTE = 1
    ApiKey.objects.filter(pk=key.pk).update(burst_limit_per_minute=0, state="revoked")
    assert [ask(client, x_api_key=text).status_code for _ in range(2)] == [403, 429]


def test_valid_keys_of_the_same_tenant_and_address_are_not_held_up_by_a_refused_one(
    client: Client, key: ApiKey, text: str, three_a_minute: None
) -> None:
    other = keys.issue(key.tenant)[1]
    key.revoke()
    for _ in range(6):
        ask(client, x_api_key=text)
    assert ask(client, x_api_key=other).status_code == 200


def test_a_key_that_is_tried_from_elsewhere_is_not_held_up_in_its_own_network(
    client: Client, key: ApiKey, text: str, three_a_minute: None
) -> None:
    ApiKey.objects.filter(pk=key.pk).update(allowed_networks="203.0.113.0/24")
    for _ in range(6):
        client.get(USAGE, headers={"X-API-Key": text}, REMOTE_ADDR="198.51.100.1")
    assert client.get(USAGE, headers={"X-API-Key": text}, REMOTE_ADDR="203.0.113.1").status_code == 200


@pytest.mark.parametrize(("requests", "recorded"), [(2, 2), (6, 3)])
def test_what_a_refused_key_sends_beyond_its_limit_is_not_written_down(
    client: Client, key: ApiKey, text: str, three_a_minute: None, monkeypatch: pytest.MonkeyPatch,
    requests: int, recorded: int,
) -> None:  # fmt: skip
    noted: list[RequestRecord] = []
    monkeypatch.setattr(recorder, "note", noted.append)
    key.revoke()
    for _ in range(requests):
        ask(client, x_api_key=text)
    assert len(noted) == recorded


# --- too many failures from one address


@pytest.fixture
def few_failures(settings: Settings) -> None:
    settings.FAILED_KEYS_PER_MINUTE = 3


def fail(client: Client, times: int, **extra: Any) -> Any:
    answers = [client.get(USAGE, headers={"X-API-Key": "wrong"}, **extra) for _ in range(times)]
    return answers[-1]


def test_failures_beyond_the_limit_of_an_address_are_slowed_down(client: Client, db: None, few_failures: None) -> None:
    answer = fail(client, 4)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_failed_keys")


def test_wrong_keys_over_refused_plain_http_count_as_failures(
    client: Client, db: None, few_failures: None, settings: Settings
) -> None:
    settings.REQUIRE_HTTPS = True
    assert fail(client, 3).status_code == 403
    assert fail(client, 1, secure=True).status_code == 429


def test_failures_up_to_the_limit_are_answered_as_usual(client: Client, db: None, few_failures: None) -> None:
    assert fail(client, 3).status_code == 401


def test_the_seconds_to_wait_are_told(client: Client, db: None, few_failures: None) -> None:
    assert 1 <= int(fail(client, 4)["Retry-After"]) <= 61


def test_a_valid_key_passes_however_often_others_failed_from_its_address(
    client: Client, text: str, few_failures: None
) -> None:
    fail(client, 10)
    assert ask(client, x_api_key=text).status_code == 200


def test_valid_keys_do_not_count_as_failures(client: Client, text: str, few_failures: None) -> None:
    for _ in range(6):
        ask(client, x_api_key=text)
    assert fail(client, 1).status_code == 401


def test_another_address_is_counted_for_itself(client: Client, db: None, few_failures: None) -> None:
    fail(client, 5)
    assert fail(client, 1, REMOTE_ADDR="198.51.100.7").status_code == 401


def test_a_forged_forwarded_address_does_not_escape_the_limit(client: Client, db: None, few_failures: None) -> None:
    for number in range(5):
        answer = fail(client, 1, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert answer.status_code == 429


def test_behind_one_proxy_the_last_forwarded_address_is_the_clients(
    client: Client, db: None, few_failures: None, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    fail(client, 5, HTTP_X_FORWARDED_FOR="203.0.113.1")
    assert fail(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.2").status_code == 401


def test_behind_one_proxy_what_the_client_wrote_itself_is_ignored(
    client: Client, db: None, few_failures: None, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        answer = fail(client, 1, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.1")
    assert answer.status_code == 429


def test_one_ipv6_network_is_one_client(client: Client, db: None, few_failures: None) -> None:
    for number in range(5):
        answer = fail(client, 1, REMOTE_ADDR=f"2001:db8::{number}")
    assert answer.status_code == 429


def test_two_ipv4_clients_of_a_listener_on_both_versions_are_two(client: Client, db: None, few_failures: None) -> None:
    fail(client, 5, REMOTE_ADDR="::ffff:203.0.113.1")
    assert fail(client, 1, REMOTE_ADDR="::ffff:203.0.113.2").status_code == 401


# --- a key entered at the login page


@pytest.fixture
def logged_in(key: ApiKey) -> Client:
    browser = Client(enforce_csrf_checks=True)
    session = browser.session
    session[SESSION_KEY] = key.pk
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""
    return browser


def test_a_session_with_a_key_is_let_in(logged_in: Client) -> None:
    assert ask(logged_in).status_code == 200


def test_a_session_is_refused_as_soon_as_its_key_is_suspended(logged_in: Client, key: ApiKey) -> None:
    key.suspend()
    assert ask(logged_in).json()["code"] == "key_suspended"


def test_a_session_is_refused_as_soon_as_its_key_expires(logged_in: Client, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(logged_in).json()["code"] == "key_expired"


def test_a_page_of_another_site_cannot_post_with_the_session(logged_in: Client) -> None:
    assert logged_in.post("/api/v1/predict", {"image": "x"}).status_code == 403


def test_a_key_in_the_header_needs_no_csrf_token(text: str) -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/predict", headers={"X-API-Key": text})
    assert answer.status_code in (400, 415)


def test_a_wrong_key_in_the_header_is_not_saved_by_the_session(logged_in: Client) -> None:
    assert ask(logged_in, x_api_key="wrong").status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}])
def test_a_browser_without_a_valid_key_gets_a_page_with_status_401(
    client: Client, db: None, headers: dict[str, str]
) -> None:
    answer = client.get(USAGE, headers={**headers, "Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (401, "text/html")
