"""What staff prove themselves with besides their password. A device belongs to one person."""

import re
import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_otp.models import Device, ThrottlingMixin
from django_otp.plugins.otp_totp.models import TOTPDevice

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that nobody takes for another."""
LENGTH, COUNT = 10, 10
MOST_FAILURES = 10
"""The pause after a wrong code doubles until this many, which is 8.5 minutes: who knows a password and goes on guessing
gets nowhere, and the person is not shut out for days."""


class ShortPauses:
    """In front of django-otp's ThrottlingMixin."""

    throttling_failure_count: int

    def get_throttle_factor(self) -> int:
        """Seconds after the first wrong code."""
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_FAILURES - 1)
        super().throttle_increment(commit)  # type: ignore[misc]


class Authenticator(ShortPauses, TOTPDevice):  # type: ignore[misc]
    """An app that shows six digits, new ones every half minute. Each is taken once."""

    class Meta:
        proxy = True
        verbose_name = "authenticator app"

    def __str__(self) -> str:
        return f"authenticator app of {self.user}"


class BackupCodes(ShortPauses, ThrottlingMixin, Device):  # type: ignore[misc]
    """Codes for whoever has lost the phone. Kept as digests under SECRET_KEY; each is taken once."""

    digests = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "backup codes"
        constraints = [models.UniqueConstraint(name="backup_codes_of_a_person_once", fields=["user"])]

    def __str__(self) -> str:
        return f"backup codes of {self.user}"

    @property
    def left(self) -> int:
        return len(self.digests)

    @classmethod
    def renewed(cls, user: "User") -> list[str]:
        """New codes in place of all earlier ones: their texts, this once."""
        texts = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(COUNT)]
        kept = {"digests": [_digest(user, text) for text in texts], "made_at": timezone.now(), "name": "backup codes"}
        cls.objects.update_or_create(user=user, defaults=kept)
        return [f"{text[: LENGTH // 2]}-{text[LENGTH // 2 :]}" for text in texts]

    def verify_token(self, token: Any) -> bool:
        """Called with the row locked, as `staff.login.proof` does."""
        if not self.verify_is_allowed()[0]:
            return False
        given = _digest(self.user, re.sub(r"[\s-]", "", str(token)).lower())
        left = [digest for digest in self.digests if not constant_time_compare(digest, given)]
        if len(left) == len(self.digests):
            self.throttle_increment()
            return False
        self.digests = left
        self.throttle_reset(commit=False)
        self.save()
        return True


def _digest(user: "User", text: str) -> str:
    """Fifty random bits need no slow hash; the key keeps whoever reads the database from trying them."""
    return salted_hmac("staff.BackupCodes", f"{user.pk}:{text}", settings.SECRET_KEY, algorithm="sha256").hexdigest()


def enrolled(user: "User") -> bool:
    """Whether the person has an app to prove themselves with."""
    return bool(Authenticator.objects.filter(user=user, confirmed=True).exists())


def reset(user: "User") -> int:
    """The person enrols anew at the next log-in; how many devices there were. Their sessions lose their proof."""
    devices = [*Authenticator.objects.filter(user=user), *BackupCodes.objects.filter(user=user)]
    for device in devices:
        device.delete()
    return len(devices)
