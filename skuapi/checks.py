"""`manage.py check` knows every wrong setup, and its hint is the fix. Never imports torch."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from tenants.ledger import CLOCK_SKEW


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


@register
def leases_outlast_requests(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A unit that is given back while its request still runs is granted twice."""
    longest = settings.REQUEST_TIMEOUT + CLOCK_SKEW.total_seconds()
    if longest < settings.RESERVATION_LEASE:
        return []
    problem = (
        f"RESERVATION_LEASE={settings.RESERVATION_LEASE:g} ends before a request of REQUEST_TIMEOUT="
        f"{settings.REQUEST_TIMEOUT:g} seconds on a host whose clock is {CLOCK_SKEW.seconds} seconds behind."
    )
    fix = f"Set RESERVATION_LEASE above {longest:g}, or remove it for 110; or lower REQUEST_TIMEOUT."
    return [Error(problem, hint=fix, id="skuapi.E004")]


@register
def waits_end_within_a_request(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever waits for longer than a request may take is told of a timeout, and not of what was waited for."""
    waits = {"FETCH_TIMEOUT": settings.FETCH_TIMEOUT, "LOAD_WAIT": settings.LOAD_WAIT}
    return [
        CheckWarning(
            f"{name}={seconds:g} lets a request wait until REQUEST_TIMEOUT={settings.REQUEST_TIMEOUT:g} has passed.",
            hint=f"Set {name} below {settings.REQUEST_TIMEOUT:g}.",
            id="skuapi.W004",
        )
        for name, seconds in waits.items()
        if seconds >= settings.REQUEST_TIMEOUT
    ]


@register
def one_process_has_the_device(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.WEB_PROCESSES == 1 or settings.INFERENCE_BACKEND != "local":
        return []
    problem = f"WEB_PROCESSES={settings.WEB_PROCESSES} processes would each load all models on the same device."
    fix = "Set WEB_PROCESSES=1, or let replicas compute: INFERENCE_BACKEND=ray (docs/scaling.md)."
    return [Error(problem, hint=fix, id="skuapi.E002")]


@register
def a_full_queue_can_be_answered(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.QUEUE_SIZE < settings.WEB_THREADS or settings.INFERENCE_BACKEND != "local":
        return []
    problem = f"QUEUE_SIZE={settings.QUEUE_SIZE} photos hold all WEB_THREADS={settings.WEB_THREADS} threads."
    fix = f"Set WEB_THREADS to {settings.QUEUE_SIZE * 3 // 2} or more: none is left to answer that the queue is full."
    return [CheckWarning(problem, hint=fix, id="skuapi.W005")]


@register
def several_processes_count_together(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Burst limits and failed keys are counted in the cache, which only Redis lets processes share."""
    if settings.REDIS_URL:
        return []
    fix = "Set REDIS_URL=redis://host:6379/0, the same on every host."
    if settings.WEB_PROCESSES > 1:
        problem = f"Each of WEB_PROCESSES={settings.WEB_PROCESSES} processes would count burst limits for itself."
        return [Error(problem, hint=fix, id="skuapi.E003")]
    if settings.INFERENCE_BACKEND == "ray" and settings.DATABASE_URL.startswith(("postgres:", "postgresql:")):
        problem = "Replicas and PostgreSQL serve several web hosts, each of which would count burst limits for itself."
        return [CheckWarning(problem, hint=f"{fix} With one web host and process, ignore this.", id="skuapi.W003")]
    return []
