"""Writes the audit trail. Call it inside the transaction of the change, so that neither is there without the other."""

from django.db import transaction

from modelstore.models import Release, ReleaseEvent
from staff.operator import account

ENGINE = "the engine"


def record(release: Release, kind: ReleaseEvent.Kind, who: str = "", reason: str = "", verdict: str = "") -> None:
    """who: a user name; empty for whoever runs this process; verdict: of the promotion gate."""
    ReleaseEvent.objects.create(
        release=release, kind=kind, who=who or operator(), reason=storable(reason), verdict=verdict
    )


def storable(reason: str) -> str:
    """Databases keep neither NUL nor broken UTF-8."""
    return reason.replace("\0", "").encode(errors="replace").decode().strip()


def operator() -> str:
    """The person at the command line."""
    return f"manage.py as {account()}"


@transaction.atomic
def note_refusal(release: Release, reason: str, who: str = "") -> None:
    """Keep why a release cannot be loaded, where staff see it; "" when it turned out sound. Said once, not twice."""
    if Release.objects.filter(pk=release.pk).exclude(refusal=reason).update(refusal=reason):
        record(release, ReleaseEvent.Kind.REFUSED if reason else ReleaseEvent.Kind.SOUND, who, reason)
