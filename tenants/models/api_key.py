"""An API key as the database knows it: the public id, and a digest that proves the rest."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils import timezone

from staff.audit import note, root_of
from tenants.errors import KeyRefused, Refusal
from tenants.models.tenant import Tenant
from tenants.models.usage import Usage
from tenants.networks import allows, validate_networks


class Scope(models.TextChoices):
    PREDICT = "predict", "Predict"
    COLOUR = "colour", "Colour classification"
    ROBOFLOW = "roboflow", "Roboflow clients"
    STATUS = "status", "Status"


def validate_scopes(scopes: list[str]) -> None:
    wrong = [str(scope) for scope in scopes if scope not in Scope.values]
    if wrong:
        raise ValidationError(f"{', '.join(wrong)}: no such scope. Use {', '.join(Scope.values)}.")


class ApiKey(models.Model):
    """Made by `tenants.keys.issue`; the secret itself is never stored."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        REVOKED = "revoked", "Revoked"

    class Version(models.TextChoices):
        V1 = "1.0", "1.0"
        V2 = "2.0", "2.0"

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="keys")
    label = models.CharField(max_length=200, blank=True, help_text="What the key is for, e.g. “tills, Amman”.")
    key_id = models.CharField("id", max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    pepper_version = models.PositiveIntegerField(editable=False)
    is_test = models.BooleanField(
        "test key", default=False, help_text="Never billed, and held to a small number of requests a day."
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE, db_index=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never (UTC).")
    api_version = models.CharField(
        "API version",
        max_length=8,
        choices=Version,
        null=True,
        blank=True,
        help_text="Pins the response format. A request's X-API-Version header wins over it.",
    )
    scopes = models.JSONField(
        default=list, blank=True, validators=[validate_scopes], help_text="None chosen: all of them."
    )
    burst_limit_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: the service's default. 0: no limit."
    )
    allowed_networks = models.TextField(
        blank=True,
        validators=[validate_networks],
        help_text="Where the key may be used: one address or block a line, e.g. 203.0.113.0/24. Empty: anywhere.",
    )
    monthly_cap = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(1_000_000_000)],
        help_text="Units of the tenant's quota that this key may use in a month. Empty: all of them.",
    )
    # The first of the keys that replaced each other: they share its cap, and are counted as one.
    first_of_line = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaces"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_from = models.GenericIPAddressField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    test_day = models.DateField(null=True, editable=False)
    test_used = models.PositiveIntegerField(default=0, editable=False)

    # What `tenants.keys.prove` saw of this month in the query that found the key: of its tenant, and of its own units
    # those that are used.
    usage_seen: Usage | None = None
    own_used_seen: int = 0
    # False when that query saw that neither the key nor its tenant is pinned to a release.
    pin_seen: bool = True

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_key_state_known", condition=models.Q(state__in=["active", "suspended", "revoked"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.shown_prefix})" if self.label else self.shown_prefix

    @property
    def shown_prefix(self) -> str:
        """The public part: enough to recognise a key, useless to whoever reads it."""
        return f"sku_{'test' if self.is_test else 'live'}_{self.key_id}"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail."""
        return {"of": root_of("tenants.tenant", self.tenant_id)}

    @property
    def counted_as(self) -> int:
        """Under which key its units are counted."""
        return self.first_of_line_id or self.pk

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        with transaction.atomic():
            if update_fields is None or "state" in update_fields:
                self._refuse_revival()
            super().save(*args, update_fields=update_fields, **kwargs)

    def _refuse_revival(self) -> None:
        """Reads the row under a lock: what was loaded before the key was revoked must not bring it back."""
        revoked = ApiKey.objects.select_for_update().filter(pk=self.pk, state=self.State.REVOKED)
        if self.state != self.State.REVOKED and revoked.exists():
            raise ValidationError("A revoked key stays revoked. Issue a new one instead.")

    def _move(self, state: str) -> bool:
        """One conditional UPDATE: false when the key has been revoked meanwhile."""
        with transaction.atomic():
            rows = ApiKey.objects.filter(pk=self.pk).exclude(state=self.State.REVOKED).update(state=state)
            if rows and state != self.state:
                note(self, state=(self.state, state))
        if rows:
            self.state = state
        return bool(rows)

    def suspend(self) -> bool:
        return self._move(self.State.SUSPENDED)

    def resume(self) -> bool:
        return self._move(self.State.ACTIVE)

    def revoke(self) -> bool:
        return self._move(self.State.REVOKED)

    def check_usable(self, address: str, now: datetime | None = None) -> None:
        """Raises KeyRefused for a genuine key that may not be used at all, or not from this address."""
        if self.state == self.State.REVOKED:
            raise KeyRefused(Refusal.REVOKED)
        if self.state != self.State.ACTIVE:
            raise KeyRefused(Refusal.SUSPENDED)
        if self.expires_at is not None and self.expires_at <= (now or timezone.now()):
            raise KeyRefused(Refusal.EXPIRED if self.replaced_by_id is None else Refusal.REPLACED)
        if not self.tenant.is_active:
            raise KeyRefused(Refusal.TENANT_INACTIVE)
        if not allows(self.allowed_networks, address):
            raise KeyRefused(Refusal.NETWORK)

    def has_scope(self, scope: str) -> bool:
        return not self.scopes or scope in self.scopes
