"""Roles: groups that the code defines, brought up to date by every `migrate`. Superuser is Django's own flag."""

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import transaction
from django.db.models.signals import post_migrate

VIEWER, SUPPORT, MODEL_MANAGER = "Viewer", "Support", "Model manager"
MEANS = {
    VIEWER: "Sees tenants, keys, usage, requests, models and what was changed. Changes nothing.",
    SUPPORT: "Sees all that, makes and changes tenants, keys and pins, tops up quotas, exports usage.",
    MODEL_MANAGER: "Sees all that, adds SKUs, uploads, publishes, activates and rolls back releases.",
}
SEEN = ("tenants", "modelstore")
"""Apps all of whose models everybody sees. Those of staff themselves are the superusers' business."""

# What each role may besides seeing: app, verbs, models (all of the app's where none are named).
_MAY: dict[str, tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = {
    VIEWER: (),
    SUPPORT: (
        ("tenants", ("add", "change"), ("tenant", "apikey", "pin", "topup")),
        ("tenants", ("delete",), ("pin",)),
    ),
    MODEL_MANAGER: (("modelstore", ("add", "change"), ()),),
}


def _sees(app: str, codename: str) -> bool:
    return codename.startswith("view_") and (app in SEEN or (app, codename) == ("auditlog", "view_logentry"))


def allows(role: str, app: str, codename: str) -> bool:
    verb, _, model = codename.partition("_")
    further = (app == of and verb in verbs and (not models or model in models) for of, verbs, models in _MAY[role])
    return _sees(app, codename) or any(further)


def update(app: str, registry: Apps, database: str = "default") -> None:
    """Give each role what it may do with the models of an app, and take away what it may no more."""
    permission, group = registry.get_model("auth", "Permission"), registry.get_model("auth", "Group")
    known = list(permission.objects.using(database).filter(content_type__app_label=app))
    with transaction.atomic(using=database):
        for role in MEANS:
            held = group.objects.using(database).get_or_create(name=role)[0].permissions
            held.remove(*(one for one in known if not allows(role, app, one.codename)))
            held.add(*(one for one in known if allows(role, app, one.codename)))


def _after_migrate(
    app_config: AppConfig, using: str = "default", apps: Any = None, verbosity: int = 1, **kwargs: Any
) -> None:
    """Behind the receiver of django.contrib.auth, which makes the permissions of the same app."""
    try:
        update(app_config.label, apps or installed, using)  # `flush` names none
    except LookupError:  # migrated back to before there were groups
        return


def connect() -> None:
    receiver: Callable[..., None] = _after_migrate
    post_migrate.connect(receiver, dispatch_uid="staff.roles")
