"""When and from where keys were last used: noted by requests, written a moment later, and no request waits."""

from datetime import datetime, timedelta
from threading import Lock

from django.db.models import Q
from django.utils import timezone

from database.writing import writing
from tenants.models import ApiKey
from tenants.networks import is_address

STEP = timedelta(minutes=1)
"""To which the time is right."""
_waiting: dict[int, tuple[datetime, str | None]] = {}
_lock = Lock()


def note(key: ApiKey, address: str, now: datetime | None = None) -> None:
    """Costs no query. What a process has not written when it is killed is lost."""
    now = now or timezone.now()
    if key.last_used_at is None or key.last_used_at < now - STEP:
        key.last_used_at = now
        with _lock:
            _waiting[key.pk] = (now, address if is_address(address) else None)


def is_waiting() -> bool:
    return bool(_waiting)


def write() -> int:
    """What was noted, in one transaction; how many keys. What could not be written waits for the next call."""
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    try:
        return _written(taken) if taken else 0
    except Exception:
        with _lock:
            _waiting.update({**taken, **_waiting})
        raise


def _written(uses: dict[int, tuple[datetime, str | None]]) -> int:
    """In the order of the keys: processes that write at once do not wait for each other crosswise."""
    with writing():
        return sum(
            ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=at), pk=pk).update(
                last_used_at=at, last_used_from=address
            )
            for pk, (at, address) in sorted(uses.items())
        )
