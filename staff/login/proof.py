"""Whether a code is right. Each try is counted on its device, in the transaction that judges it."""

import math
import re
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from unfold.widgets import BASE_INPUT_CLASSES

from staff.models import Authenticator, BackupCodes

WRONG = "This code is wrong, or was used before. Enter the one that your app shows next, or another backup code."
_TYPED = {
    "class": " ".join(BASE_INPUT_CLASSES),
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "autofocus": True,
    "spellcheck": "false",
}


class Wait(Exception):
    """Too soon after a wrong code; in words, with the seconds."""


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=40,
        label="Code",
        widget=forms.TextInput(attrs=_TYPED),
    )

    def clean_code(self) -> str:
        return re.sub(r"[\s-]", "", str(self.cleaned_data["code"])).lower()


def matched(user: User, code: str) -> Any | None:
    """The device that took the code, or None. Raises Wait, and has not looked at the code then."""
    kind = Authenticator if re.fullmatch(r"[0-9]{6}", code) else BackupCodes
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device if device is not None and taken(device, code) else None


def taken(device: Any, code: str) -> bool:
    """Call it with the row locked. Raises Wait."""
    allowed, why = device.verify_is_allowed()
    if not allowed:
        seconds = max(1, math.ceil((why["locked_until"] - timezone.now()).total_seconds()))
        told = f"{seconds} second{'' if seconds == 1 else 's'}"
        raise Wait(f"The last code was wrong: wait {told}, then enter the newest.")
    return bool(device.verify_token(code))
