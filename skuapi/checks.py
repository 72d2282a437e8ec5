"""`manage.py check` knows every wrong setup, and its hint is the fix. Never imports torch."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning


@register(Tags.security, deploy=True)
def https_is_required(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.REQUIRE_HTTPS or settings.SERVES_LOOPBACK_ONLY:
        return []
    problem, fix = "The service is reachable over plain HTTP.", "Remove REQUIRE_HTTPS=false."
    return [CheckWarning(problem, hint=fix, id="skuapi.W001")]


@register(Tags.security, deploy=True)
def staff_prove_two_factors(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.STAFF_TWO_FACTOR or settings.SERVES_LOOPBACK_ONLY:
        return []
    problem, fix = "Admin opens to whoever knows a password.", "Remove STAFF_TWO_FACTOR=false."
    return [CheckWarning(problem, hint=fix, id="skuapi.W002")]


@register
def encoder_folders_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    missing = [str(folder) for folder in settings.ENCODER_DIRS if not folder.is_dir()]
    return [
        Error(f"ENCODER_DIRS names {folder}, which is no folder.", hint="Create it, or correct it.", id="skuapi.E001")
        for folder in missing
    ]
