"""Admin's sidebar: every registered model that whoever is logged in may see, in groups that follow the work."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

# Model -> title and icon (Material Symbols). What is not installed is left out; what is not listed stands under More.
GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Customers": {
        "tenants.tenant": ("Tenants", "storefront"),
        "tenants.apikey": ("API keys", "vpn_key"),
        "tenants.usagemonth": ("Usage", "bar_chart"),
        "tenants.requestrecord": ("Requests", "receipt_long"),
        "tenants.quotanotice": ("Quota notices", "mark_email_unread"),
    },
    "Models": {
        "modelstore.modelline": ("Model lines and canaries", "category"),
        "modelstore.release": ("Releases", "deployed_code"),
        "modelstore.onboarding": ("Added SKUs", "add_a_photo"),
        "modelstore.detector": ("Detectors", "center_focus_strong"),
    },
    "People": {
        "auth.user": ("Users", "person"),
        "auth.group": ("Groups", "group"),
        "auditlog.logentry": ("Audit trail", "history"),
        "axes.accessattempt": ("Failed logins", "gpp_bad"),
    },
}
# Name of an address, title, icon.
PAGES = (
    ("docs", "API documentation", "menu_book"),
    ("playground", "Playground", "science"),
    ("predict", "Browse the API", "api"),
)
_OTHER_ICON = "table_rows"

Item = dict[str, Any]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups without an item are not shown."""
    rest = {model._meta.label_lower: model for model in admin.site._registry}
    groups = [{"items": [{"title": "Dashboard", "icon": "dashboard", "link": reverse("admin:index")}]}]
    for title, listed in GROUPS.items():
        chosen = {label: words for label, words in listed.items() if rest.pop(label, None) is not None}
        groups.append(_group(title, [_item(apps.get_model(label), *words) for label, words in chosen.items()]))
    others = sorted(rest.values(), key=lambda model: str(model._meta.verbose_name_plural))
    more = [_item(model, str(model._meta.verbose_name_plural).capitalize(), _OTHER_ICON) for model in others]
    groups += [_group("More", more), _group("Pages", list(_pages()))]
    return [group for group in groups if group["items"]]


def _group(title: str, items: list[Item]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": items}


def _item(model: type[Model], title: str, icon: str) -> Item:
    def permitted(request: HttpRequest) -> bool:
        registered = admin.site._registry[model]
        return registered.has_module_permission(request) and registered.has_view_permission(request)

    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": permitted}


def _pages() -> Iterator[Item]:
    for name, title, icon in PAGES:
        try:
            yield {"title": title, "icon": icon, "link": reverse(name), "active": False}
        except NoReverseMatch:
            continue
