"""What each role may open and do, over real requests to every page of admin that a model has."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from staff import roles
from tenants.models import ApiKey, Tenant, UsageMonth

SEEN_BY_ALL = {
    *("tenants.tenant", "tenants.apikey", "tenants.quotanotice", "tenants.requestrecord", "tenants.usagemonth"),
    *("modelstore.release", "modelstore.releaseevent", "modelstore.modelline", "modelstore.detector"),
    *("modelstore.onboarding", "auditlog.logentry"),
}
ADDED_BY = {"Viewer": set[str](), "Support": {"tenants.tenant", "tenants.apikey"}, "Model manager": set[str]()}
EVERYBODY = list(roles.MEANS)


def of_role(role: str) -> Client:
    user = User.objects.create_user(role.replace(" ", "-"), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def opened(client: Client, page: str) -> set[str]:
    """The models whose list, or form for a new one, is answered; the others must be 403."""
    client.get("/admin/")  # the first request loads urls.py, which takes some models out of admin
    answers = {
        model._meta.label_lower: client.get(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
        ).status_code
        for model in list(admin.site._registry)
    }
    assert set(answers.values()) <= {200, 403}
    return {label for label, status in answers.items() if status == 200}


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_role_sees_all_but_what_concerns_staff(db: None, role: str) -> None:
    here = {label for label in opened(of_role(role), "changelist") if apps.get_model(label)._meta.app_label != "skuapi"}
    assert here >= SEEN_BY_ALL
    assert not {label for label in here if label.split(".")[0] in ("auth", "axes", "staff", "otp_totp", "sessions")}


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_adds_what_it_should_and_nothing_else(db: None, role: str) -> None:
    assert opened(of_role(role), "add") == ADDED_BY[role]


def test_a_superuser_sees_everything(admin_client: Client) -> None:
    assert opened(admin_client, "changelist") == {model._meta.label_lower for model in admin.site._registry}


def statuses(client: Client, key: ApiKey) -> dict[str, int]:
    """Of what can be done besides editing forms."""
    UsageMonth.objects.get_or_create(tenant=key.tenant, month="2026-11-01")
    top_up = reverse("admin:tenants_tenant_top_up", args=[key.tenant_id])
    suspend = reverse("admin:tenants_apikey_move", args=["suspend"])
    return {
        "top up": client.post(top_up, {"units": 5, "reason": "fair"}).status_code,
        "rotate": client.get(reverse("admin:tenants_apikey_rotate", args=[key.pk])).status_code,
        "suspend": client.get(f"{suspend}?ids={key.pk}").status_code,
        "export": client.get(reverse("admin:tenants_usagemonth_export")).status_code,
        "upload": client.get(reverse("admin:modelstore_release_upload")).status_code,
        "history": client.get(reverse("admin:tenants_tenant_history", args=[key.tenant_id])).status_code,
    }


NOTHING = {"top up": 403, "rotate": 403, "suspend": 403, "export": 403, "upload": 403, "history": 200}


def test_a_viewer_changes_nothing(key: ApiKey) -> None:
    assert statuses(of_role("Viewer"), key) == NOTHING


def test_support_runs_tenants_and_keys(key: ApiKey) -> None:
    runs = {"top up": 302, "rotate": 200, "suspend": 200, "export": 200}
    assert statuses(of_role("Support"), key) == {**NOTHING, **runs}


def test_a_model_manager_runs_models(key: ApiKey) -> None:
    assert statuses(of_role("Model manager"), key) == {**NOTHING, "upload": 200}


def test_a_viewer_who_sends_a_form_all_the_same_changes_nothing(tenant: Tenant) -> None:
    page = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    assert of_role("Viewer").post(page, {"name": "Mine"}).status_code == 403
    assert Tenant.objects.get().name == "Alpha"


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("page", ["change", "password_change", "reset_two_factor"])
def test_nobody_makes_themselves_more_than_they_are(db: None, role: str, page: str) -> None:
    client = of_role(role)
    name = "admin:auth_user_password_change" if page == "password_change" else f"admin:auth_user_{page}"
    own = reverse(name, args=[User.objects.get().pk])
    assert client.get(own).status_code == 403
    assert client.post(own, {"is_superuser": "on"}).status_code == 403
    assert not User.objects.get().is_superuser


def test_a_permission_to_change_users_that_was_given_by_hand_opens_no_page_about_staff(db: None) -> None:
    client, user = of_role("Support"), User.objects.get()
    user.user_permissions.set(Permission.objects.all())
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_the_trail_shows_what_concerns_staff_to_superusers_alone(admin_client: Client) -> None:
    User.objects.create_user("secretive")
    page = reverse("admin:auditlog_logentry_changelist")
    assert "secretive" in admin_client.get(page).content.decode()
    assert "secretive" not in of_role("Viewer").get(page).content.decode()


def test_migrating_gives_roles_what_they_lack_and_takes_what_they_should_not_have(db: None) -> None:
    support, manager = Group.objects.get(name="Support"), Group.objects.get(name="Model manager")
    kept = set(support.permissions.values_list("codename", flat=True))
    support.permissions.set(manager.permissions.all())
    call_command("migrate", verbosity=0)
    assert set(support.permissions.values_list("codename", flat=True)) == kept


def test_a_role_is_chosen_by_ticking_it(admin_client: Client) -> None:
    form = {"username": "samir", "usable_password": "true", "password1": "kjh34kjhsdf", "password2": "kjh34kjhsdf"}
    role = Group.objects.get(name="Support")
    answer = admin_client.post(reverse("admin:auth_user_add"), {**form, "groups": [role.pk]})
    samir = User.objects.get(username="samir")
    assert answer.status_code == 302
    assert (samir.is_staff, samir.is_superuser, list(samir.groups.all())) == (True, False, [role])


def test_the_last_superuser_stays_one(admin_client: Client) -> None:
    user = User.objects.get()
    form = {"username": user.username, "email": "", "is_active": "on"}
    page = admin_client.post(reverse("admin:auth_user_change", args=[user.pk]), form).content.decode()
    assert "last active superuser" in page
    assert User.objects.get().is_superuser
