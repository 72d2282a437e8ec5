"""What the second steps share: who may take them, and what follows the right code."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from staff.lockout import is_locked, locked_out
from staff.login import pending

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


def whoever_waits(site: "AdminSite", request: HttpRequest) -> User | HttpResponseBase:
    """The person between the two factors; for anybody else the answer that sends them on."""
    user = pending.user(request)
    if user is None:
        if site.has_permission(request):
            return redirect("admin:index")
        messages.info(request, "Enter your password again: ten minutes have passed, or another page took its place.")
        return redirect("admin:login")
    request.between_factors = f"{user}, by the password"  # type: ignore[attr-defined] # for the audit trail
    if is_locked(request, user):
        return locked_out(request, None, {"username": user.get_username()})
    return user


def log_in(request: HttpRequest, user: User, device: Any) -> str:
    """Both factors are proven. Where the person wanted to go."""
    to = pending.end(request)
    user.otp_device = device  # type: ignore[attr-defined] # which django-otp notes in the session
    login(request, user, backend=user.backend)
    return to
