"""A log-in of two factors: nothing of admin is open before the second."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from skuapi.checks import staff_prove_two_factors
from staff.models import COUNT, Authenticator, BackupCodes
from tests.staff.conftest import CODE, ENROL, INDEX, LOGIN, PASSWORD, code_of, rested

SECRET = re.compile(r'id="secret"[^>]*>([A-Z2-7 ]+)<')
BACKUP = re.compile(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>")


def test_a_password_and_a_code_open_admin(half_way: Client, phone: Authenticator) -> None:
    assert half_way.post(CODE, {"code": code_of(phone)})["Location"] == INDEX
    assert half_way.get(INDEX).status_code == 200


def test_a_password_alone_opens_nothing(half_way: Client) -> None:
    assert half_way.get(INDEX)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("name", ["admin:index", "admin:tenants_tenant_changelist", "admin:two_factor"])
def test_a_session_without_a_proven_device_gets_no_page(
    client: Client, two_factors: None, phone: Authenticator, amal: User, name: str
) -> None:
    client.force_login(amal)
    assert client.get(reverse(name))["Location"].startswith(LOGIN)


def test_the_trial_of_a_new_sku_which_is_no_page_of_a_model_asks_as_well(
    client: Client, two_factors: None, amal: User
) -> None:
    client.force_login(amal)
    assert client.post(reverse("onboarding_trial", args=[1]))["Location"].startswith(LOGIN)


def test_where_no_second_factor_is_asked_for_the_password_is_enough(client: Client, amal: User) -> None:
    assert client.post(LOGIN, {"username": "amal", "password": PASSWORD})["Location"] == INDEX
    assert client.get(INDEX).status_code == 200


def test_a_wrong_code_is_refused(half_way: Client) -> None:
    assert "This code is wrong" in half_way.post(CODE, {"code": "000000"}).content.decode()
    assert half_way.get(INDEX).status_code == 302


def test_a_code_is_taken_once(half_way: Client, phone: Authenticator) -> None:
    code = code_of(phone)
    half_way.post(CODE, {"code": code})
    half_way.post(reverse("admin:logout"))
    half_way.post(LOGIN, {"username": "amal", "password": PASSWORD})
    assert "was used before" in half_way.post(CODE, {"code": code}).content.decode()


def test_after_a_wrong_code_one_must_wait_before_the_right_one_counts(half_way: Client, phone: Authenticator) -> None:
    half_way.post(CODE, {"code": "000000"})
    assert "wait 1 second" in half_way.post(CODE, {"code": code_of(phone)}).content.decode()
    rested(phone)
    assert half_way.post(CODE, {"code": code_of(phone)}).status_code == 302


def test_pauses_after_wrong_codes_do_not_grow_without_end(phone: Authenticator) -> None:
    for _ in range(30):
        phone.throttle_increment()
    assert phone.get_throttle_factor() * 2 ** (phone.throttling_failure_count - 1) < 600


def test_the_session_has_another_key_after_each_step(client: Client, two_factors: None, phone: Authenticator) -> None:
    seen = []
    client.get(LOGIN)
    client.post(LOGIN, {"username": "amal", "password": PASSWORD})
    seen.append(client.session.session_key)
    client.post(CODE, {"code": code_of(phone)})
    seen.append(client.session.session_key)
    assert len(set(seen)) == 2


def test_logging_out_ends_it(half_way: Client, phone: Authenticator) -> None:
    half_way.post(CODE, {"code": code_of(phone)})
    half_way.post(reverse("admin:logout"))
    assert half_way.get(INDEX).status_code == 302


def test_a_password_given_ten_minutes_ago_must_be_given_again(half_way: Client, phone: Authenticator) -> None:
    session = half_way.session
    session["staff_pending"] = {**session["staff_pending"], "since": session["staff_pending"]["since"] - 601}
    session.save()
    assert half_way.post(CODE, {"code": code_of(phone)})["Location"] == LOGIN


def test_who_was_deactivated_between_the_steps_does_not_get_in(
    half_way: Client, phone: Authenticator, amal: User
) -> None:
    User.objects.filter(pk=amal.pk).update(is_active=False)
    assert half_way.post(CODE, {"code": code_of(phone)})["Location"] == LOGIN


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, two_factors: None, phone: Authenticator, evil: str) -> None:
    client.post(f"{LOGIN}?next={evil}", {"username": "amal", "password": PASSWORD})
    assert client.post(CODE, {"code": code_of(phone)})["Location"] == INDEX


def test_one_comes_to_where_one_wanted_to_go(client: Client, two_factors: None, phone: Authenticator) -> None:
    client.post(f"{LOGIN}?next=/admin/tenants/tenant/", {"username": "amal", "password": PASSWORD})
    assert client.post(CODE, {"code": code_of(phone)})["Location"] == "/admin/tenants/tenant/"


# --- enrolling


@pytest.fixture
def enrolling(client: Client, two_factors: None, amal: User) -> Client:
    answer = client.post(LOGIN, {"username": "amal", "password": PASSWORD})
    assert answer["Location"] == ENROL
    return client


def test_whoever_has_no_second_factor_sets_one_up(enrolling: Client, amal: User) -> None:
    page = enrolling.get(ENROL).content.decode()
    device = Authenticator.objects.get(user=amal)
    assert "<svg" in page
    assert SECRET.search(page)
    assert len(BACKUP.findall(enrolling.post(ENROL, {"code": code_of(device)}).content.decode())) == COUNT
    assert enrolling.get(INDEX).status_code == 200


def test_a_device_that_was_not_proven_is_none(enrolling: Client, amal: User) -> None:
    enrolling.get(ENROL)
    enrolling.post(ENROL, {"code": "000000"})
    assert not Authenticator.objects.get(user=amal).confirmed
    assert enrolling.get(INDEX).status_code == 302


def test_the_secret_that_another_log_in_was_shown_is_not_the_one_that_counts(enrolling: Client, amal: User) -> None:
    seen = SECRET.search(enrolling.get(ENROL).content.decode())
    again = Client()
    again.post(LOGIN, {"username": "amal", "password": PASSWORD})
    other = SECRET.search(again.get(ENROL).content.decode())
    assert seen
    assert other
    assert seen[1] != other[1]


def test_whoever_has_a_second_factor_cannot_set_up_another_with_the_password_alone(half_way: Client) -> None:
    assert half_way.get(ENROL)["Location"] == CODE


# --- backup codes


def test_a_backup_code_logs_in_once(half_way: Client, amal: User, phone: Authenticator) -> None:
    code = BackupCodes.renewed(amal)[3]
    assert half_way.post(CODE, {"code": code.upper()})["Location"] == INDEX
    half_way.post(reverse("admin:logout"))
    half_way.post(LOGIN, {"username": "amal", "password": PASSWORD})
    assert "was used before" in half_way.post(CODE, {"code": code}).content.decode()


def test_backup_codes_are_kept_as_digests(amal: User) -> None:
    codes = BackupCodes.renewed(amal)
    kept = str(list(BackupCodes.objects.values()))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_new_backup_codes_are_made_for_whoever_shows_a_code_once_more(
    half_way: Client, phone: Authenticator, amal: User
) -> None:
    old = BackupCodes.renewed(amal)
    half_way.post(CODE, {"code": old[0]})
    shown = half_way.post(reverse("admin:two_factor"), {"code": code_of(phone)}).content.decode()
    assert len(BACKUP.findall(shown)) == COUNT
    assert not set(BACKUP.findall(shown)) & set(old)


def test_a_screen_left_open_makes_no_new_backup_codes(half_way: Client, phone: Authenticator) -> None:
    half_way.post(CODE, {"code": code_of(phone)})
    assert not BACKUP.findall(half_way.post(reverse("admin:two_factor"), {"code": "000000"}).content.decode())


# --- a lost phone


def test_a_superuser_resets_the_second_factor_of_another_and_is_asked_first(
    admin_client: Client, amal: User, phone: Authenticator
) -> None:
    address = reverse("admin:auth_user_reset_two_factor", args=[amal.pk])
    assert "Reset the second factor" in admin_client.get(address).content.decode()
    assert Authenticator.objects.filter(user=amal).exists()
    admin_client.post(address)
    assert not Authenticator.objects.filter(user=amal).exists()


def test_a_command_resets_a_second_factor(amal: User, phone: Authenticator) -> None:
    BackupCodes.renewed(amal)
    call_command("reset_two_factor", "amal", stdout=StringIO())
    assert not Authenticator.objects.exists()
    assert not BackupCodes.objects.exists()


def test_a_deployment_without_a_second_factor_is_told(settings: Settings) -> None:
    settings.SERVES_LOOPBACK_ONLY = False
    settings.STAFF_TWO_FACTOR = False
    assert [message.id for message in staff_prove_two_factors(None)] == ["skuapi.W002"]


def test_no_page_of_admin_shows_the_secret_of_an_app(admin_client: Client, phone: Authenticator) -> None:
    assert admin_client.get(f"/admin/otp_totp/totpdevice/{phone.pk}/change/").status_code == 404


def test_a_session_proven_by_a_device_that_was_reset_is_over(half_way: Client, phone: Authenticator) -> None:
    half_way.post(CODE, {"code": code_of(phone)})
    phone.delete()
    assert half_way.get(INDEX).status_code == 302
