"""Who has failed to log in too often must wait: counted by django-axes, told on a page of our own."""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from staff.audit import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
FAILURES_OF_AN_ADDRESS = 30
"""Whatever the names: more than a team behind one address mistypes in a quarter of an hour."""


class StaffLockout(AxesDatabaseHandler):  # type: ignore[misc]
    """Five failures of a name from an address, or thirty of an address, within the time that a lock lasts."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        of_the_pair = int(super().get_failures(request, credentials))
        recent = _recent(Q(ip_address=getattr(request, "axes_ip_address", None)))
        of_the_address = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        locked = of_the_address >= FAILURES_OF_AN_ADDRESS
        return max(of_the_pair, settings.AXES_FAILURE_LIMIT) if locked else of_the_pair


def _recent(whose: Q) -> Any:
    return AccessAttempt.objects.filter(whose, attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)


def locked_addresses() -> set[str]:
    """Those that are locked whatever the name."""
    of_each = _recent(Q()).order_by().values("ip_address").annotate(total=Sum("failures_since_start"))
    return set(of_each.filter(total__gte=FAILURES_OF_AN_ADDRESS).values_list("ip_address", flat=True))


def with_those_of_the_address(attempts: Any) -> Any:
    """Each with `of_address`: how many failures there were from its address of late, for `locks`."""
    alike = _recent(Q(ip_address=OuterRef("ip_address"))).order_by().values("ip_address")
    return attempts.annotate(of_address=Subquery(alike.annotate(total=Sum("failures_since_start")).values("total")))


def locks(attempt: Any) -> bool:
    """Whether it locks its name out at its address, or its address for every name."""
    if attempt.attempt_time < timezone.now() - settings.AXES_COOLOFF_TIME:
        return False
    own, of_address = attempt.failures_since_start, attempt.of_address or 0
    return bool(own >= settings.AXES_FAILURE_LIMIT or of_address >= FAILURES_OF_AN_ADDRESS)


def failures_that_lock(username: str) -> Any:
    """Of this name, and of every name at the locked addresses that it has failed at."""
    own = AccessAttempt.objects.filter(username=username)
    addresses = locked_addresses() & set(own.values_list("ip_address", flat=True))
    return AccessAttempt.objects.filter(Q(username=username) | Q(ip_address__in=addresses))


def forget(attempts: Any) -> int:
    """Whom they lock may try again at once; how many failures. It stands in the history of the people they name."""
    with transaction.atomic():
        failures: int = sum(attempts.values_list("failures_since_start", flat=True))
        names = set(attempts.values_list("username", flat=True))
        attempts.delete()
        for user in get_user_model().objects.filter(username__in=names):
            note(user, "Failed log-ins forgotten.")
    return failures


def note_failure(request: HttpRequest, user: "User") -> None:
    """A wrong second factor counts as a wrong password does. The lock it may cause is answered by the middleware."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)


def is_locked(request: HttpRequest, user: "User") -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page that says when to try again, instead of whatever else was answered."""
    from django.contrib import admin

    until = _until(request, (credentials or {}).get("username"))
    seconds = max(1, round((until - timezone.now()).total_seconds()))
    context = {
        **admin.site.each_context(request),
        "title": "Locked out",
        "until": until,
        "minutes": -(-seconds // 60),
    }
    page = TemplateResponse(request, "staff/locked_out.html", context, status=TOO_MANY)
    page["Retry-After"] = str(seconds)
    page["Cache-Control"] = "no-store"
    return page.render()


def _until(request: HttpRequest, username: str | None) -> Any:
    """When the youngest of the failures that lock is old enough."""
    address = getattr(request, "axes_ip_address", None)
    pair = _recent(Q(username=username, ip_address=address))
    own = pair.aggregate(total=Sum("failures_since_start"), last=Max("attempt_time"))
    if (own["total"] or 0) < settings.AXES_FAILURE_LIMIT:
        own = _recent(Q(ip_address=address)).aggregate(last=Max("attempt_time"))
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return (own["last"] or timezone.now()) + cool_off
