"""What of staff is in the audit trail: who may log in and as what, and that they did. No secret of theirs."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from staff.audit import note, register
from staff.models import Authenticator, BackupCodes

# As content types name them: of a proxy it is the model behind it.
ABOUT_STAFF = ("auth.user", "auth.group", "otp_totp.totpdevice", "staff.backupcodes")


def register_own() -> None:
    user = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser")
    register(get_user_model(), *user, many=("groups", "user_permissions"), masked=("password",))
    register(Group, "name", many=("permissions",))
    register(Authenticator, "user", "confirmed")
    register(BackupCodes, "user", "made_at")
    user_logged_in.connect(_logged_in, dispatch_uid="staff.audited")
    user_locked_out.connect(_locked_out, dispatch_uid="staff.audited")


def _logged_in(user: User, **kwargs: Any) -> None:
    proven = " with two factors" if getattr(user, "otp_device", None) else ""
    note(user, f"Logged in{proven}.")


def _locked_out(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Once for each lock: a further try during one is not counted."""
    user = get_user_model().objects.filter(username=username).first()
    if user is not None and getattr(request, "axes_failures_since_start", None) is not None:
        note(user, "Locked out after failed log-ins.")
