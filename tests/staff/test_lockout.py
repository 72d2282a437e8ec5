"""Who fails too often must wait, from where it happened; nobody is locked out everywhere."""

from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from staff.lockout import FAILURES_OF_AN_ADDRESS, locks
from staff.models import Authenticator
from tests.staff.conftest import CODE, LOGIN, PASSWORD, code_of, rested

HERE, THERE = "203.0.113.5", "198.51.100.7"


def attempt(client: Client, password: str = "wrong", address: str = HERE, name: str = "amal", **headers: str) -> int:
    form = {"username": name, "password": password}
    return client.post(LOGIN, form, REMOTE_ADDR=address, headers=headers or None).status_code


@pytest.fixture
def locked(client: Client, amal: User) -> Client:
    assert [attempt(client) for _ in range(5)] == [200] * 4 + [429]
    return client


def test_after_five_failures_the_right_password_opens_nothing(locked: Client) -> None:
    assert attempt(locked, PASSWORD) == 429


def test_the_page_says_when_to_try_again(locked: Client) -> None:
    answer = locked.post(LOGIN, {"username": "amal", "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert "Try again in 15 minutes" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 900


def test_the_person_gets_in_from_another_address(locked: Client) -> None:
    assert attempt(locked, PASSWORD, THERE) == 302


def test_another_person_gets_in_from_the_same_address(locked: Client, db: None) -> None:
    User.objects.create_superuser("badr", password=PASSWORD)
    assert attempt(locked, PASSWORD, name="badr") == 302


def test_an_address_that_tries_many_names_is_locked_out(client: Client, amal: User) -> None:
    for number in range(FAILURES_OF_AN_ADDRESS):
        attempt(client, name=f"guess-{number}")
    assert attempt(client, PASSWORD) == 429
    assert attempt(client, PASSWORD, THERE) == 302


def test_a_lock_ends_by_itself_and_is_not_prolonged_by_trying(locked: Client) -> None:
    attempt(locked, PASSWORD)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert attempt(locked, PASSWORD) == 302


def test_an_address_that_the_client_has_made_up_is_not_believed(locked: Client) -> None:
    assert attempt(locked, PASSWORD, **{"X-Forwarded-For": THERE}) == 429


def test_behind_a_proxy_each_client_is_counted_by_its_own_address(
    client: Client, amal: User, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for _ in range(5):
        attempt(client, address="10.0.0.1", **{"X-Forwarded-For": f"{THERE}, {HERE}"})
    assert attempt(client, PASSWORD, "10.0.0.1", **{"X-Forwarded-For": HERE}) == 429
    assert attempt(client, PASSWORD, "10.0.0.1", **{"X-Forwarded-For": THERE}) == 302


def test_all_addresses_of_a_v6_network_are_one_client(client: Client, amal: User) -> None:
    for number in range(5):
        attempt(client, address=f"2001:db8::{number + 1}")
    assert attempt(client, PASSWORD, "2001:db8::ffff") == 429


def test_two_ipv4_clients_of_a_listener_on_both_versions_are_two(client: Client, amal: User) -> None:
    for _ in range(5):
        attempt(client, address=f"::ffff:{THERE}")
    assert attempt(client, PASSWORD, THERE) == 429
    assert attempt(client, PASSWORD, f"::ffff:{HERE}") == 302


def test_wrong_codes_count_as_wrong_passwords_do(half_way: Client, phone: Authenticator) -> None:
    statuses = []
    for _ in range(5):
        statuses.append(half_way.post(CODE, {"code": "000000"}).status_code)
        rested(phone)
    assert statuses == [200] * 4 + [429]
    assert half_way.post(CODE, {"code": code_of(phone)}).status_code == 429


def test_the_right_password_does_not_forget_wrong_codes(half_way: Client, phone: Authenticator) -> None:
    for _ in range(4):
        half_way.post(CODE, {"code": "000000"})
        rested(phone)
        half_way.post(LOGIN, {"username": "amal", "password": PASSWORD})
    assert half_way.post(CODE, {"code": "000000"}).status_code == 429


def test_neither_codes_nor_passwords_are_kept_with_the_failures(half_way: Client) -> None:
    half_way.post(CODE, {"code": "123456"})
    half_way.post(LOGIN, {"username": "amal", "password": "not the right one"})
    kept = str(list(AccessAttempt.objects.values()))
    assert "123456" not in kept
    assert "not the right one" not in kept


def test_a_superuser_lets_a_person_in_at_once(locked: Client, admin_client: Client) -> None:
    chosen = [str(pk) for pk in AccessAttempt.objects.values_list("pk", flat=True)]
    form = {"action": "delete_selected", "_selected_action": chosen}
    page = admin_client.post(reverse("admin:axes_accessattempt_changelist"), form)
    assert page.status_code == 200
    assert AccessAttempt.objects.exists()
    admin_client.post(reverse("admin:axes_accessattempt_changelist"), {**form, "post": "yes"})
    assert attempt(locked, PASSWORD) == 302


def test_a_command_lets_a_person_in_at_once(locked: Client) -> None:
    call_command("unlock_staff", "amal", stdout=StringIO())
    assert attempt(locked, PASSWORD) == 302


@pytest.fixture
def locked_address(client: Client, amal: User) -> Client:
    """By many names, hers among them."""
    attempt(client)
    for number in range(FAILURES_OF_AN_ADDRESS - 1):
        attempt(client, name=f"guess-{number}")
    assert attempt(client, PASSWORD) == 429
    return client


def test_a_command_lets_a_person_in_whose_address_is_locked(locked_address: Client) -> None:
    call_command("unlock_staff", "amal", stdout=StringIO())
    assert attempt(locked_address, PASSWORD) == 302


def test_a_command_that_cannot_know_the_address_of_a_person_tells_which_are_locked(locked_address: Client) -> None:
    out = StringIO()
    call_command("unlock_staff", "badr", stdout=out)
    assert f"Locked for every name: {HERE}. `unlock_staff --address ADDRESS`" in out.getvalue()
    call_command("unlock_staff", "--address", HERE, stdout=StringIO())
    assert attempt(locked_address, PASSWORD) == 302


def test_an_address_is_unlocked_for_itself(locked_address: Client) -> None:
    for _ in range(5):
        attempt(locked_address, address=THERE)
    call_command("unlock_staff", "--address", HERE, stdout=StringIO())
    assert attempt(locked_address, PASSWORD, THERE) == 429


@pytest.fixture
def superuser(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("boss"))
    return browser


def test_the_list_shows_a_lock_of_the_address_on_each_of_its_rows(locked_address: Client, superuser: Client) -> None:
    attempts = superuser.get(reverse("admin:axes_accessattempt_changelist")).context["cl"].result_list
    assert {locks(one) for one in attempts} == {True}


def test_the_list_shows_no_lock_that_is_over(locked: Client, superuser: Client) -> None:
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    attempts = superuser.get(reverse("admin:axes_accessattempt_changelist")).context["cl"].result_list
    assert {locks(one) for one in attempts} == {False}


@pytest.mark.parametrize("by", ["command", "admin"])
def test_letting_a_person_in_is_in_their_history(locked: Client, superuser: Client, by: str) -> None:
    if by == "command":
        call_command("unlock_staff", "amal", stdout=StringIO())
    else:
        pk = AccessAttempt.objects.get().pk
        superuser.post(reverse("admin:axes_accessattempt_delete", args=[pk]), {"post": "yes"})
    page = superuser.get(reverse("admin:auth_user_history", args=[User.objects.get(username="amal").pk]))
    assert "Failed log-ins forgotten." in page.content.decode()
