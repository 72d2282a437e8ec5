"""Who has given the right password, and not yet the second factor: in the session, for ten minutes."""

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

KEY = "staff_pending"
SECONDS = 600


def begin(request: HttpRequest, user: User, to: str) -> None:
    """to: where the person wanted to go. The session gets a new key: an earlier one may be known to somebody."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "backend": getattr(user, "backend", ""),
        "password": user.get_session_auth_hash(),
        "since": time.time(),
        "to": to,
    }


def _noted(session: SessionBase) -> dict[str, Any]:
    """Empty when nobody is pending, or has been for too long."""
    noted: dict[str, Any] = session.get(KEY) or {}
    return noted if time.time() - noted.get("since", 0) < SECONDS else {}


def user(request: HttpRequest) -> User | None:
    """None as well for one who has been deactivated meanwhile, or given another password."""
    noted = _noted(request.session)
    found = get_user_model().objects.filter(pk=noted.get("user", 0), is_active=True, is_staff=True).first()
    if found is None or not constant_time_compare(found.get_session_auth_hash(), noted["password"]):
        return None
    found.backend = noted["backend"]
    return found


def device(request: HttpRequest) -> int | None:
    """The authenticator that this very log-in has made, by its primary key."""
    made: int | None = _noted(request.session).get("device")
    return made


def note_device(request: HttpRequest, pk: int) -> None:
    request.session[KEY] = {**_noted(request.session), "device": pk}


def end(request: HttpRequest) -> str:
    """Forgets it; where the person wanted to go."""
    return str(request.session.pop(KEY)["to"])
