"""What a tenant has used of a month, and the units in flight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import models
from django.utils import timezone

from staff.audit import root_of
from tenants.models.tenant import Tenant


def month_of(moment: datetime) -> date:
    """The first of the calendar month in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


@dataclass(frozen=True)
class Usage:
    """One month of a tenant, at one moment. `in_flight` counts only units whose lease still runs."""

    month: date
    limit: int
    used: int
    in_flight: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used - self.in_flight)

    @property
    def reset_epoch(self) -> int:
        """Seconds since the epoch at which the next month starts."""
        following = (self.month + timedelta(days=32)).replace(day=1)
        return int(datetime(following.year, following.month, 1, tzinfo=UTC).timestamp())


class UsageMonth(models.Model):
    """The counters of one tenant and month. `in_flight` always equals the number of its reservations.

    by_key: units used or in flight, by ApiKey.counted_as; together they are `used` and `in_flight`. They stand in
    this row because one conditional UPDATE must see all that it depends on.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="usage_months")
    month = models.DateField(help_text="The first of the month, UTC.")
    used = models.BigIntegerField(default=0)
    in_flight = models.BigIntegerField(default=0)
    extra = models.BigIntegerField(default=0, help_text="Units beyond the monthly quota: the sum of all top-ups.")
    by_key = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = "month of usage"
        verbose_name_plural = "usage per month"
        ordering = ["-month", "tenant__name"]
        constraints = [
            models.UniqueConstraint(name="one_row_per_tenant_and_month", fields=["tenant", "month"]),
            models.CheckConstraint(name="used_not_negative", condition=models.Q(used__gte=0)),
            models.CheckConstraint(name="in_flight_not_negative", condition=models.Q(in_flight__gte=0)),
            models.CheckConstraint(name="extra_not_negative", condition=models.Q(extra__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.month:%Y-%m}"


class TopUp(models.Model):
    """Units beyond the quota of one month, and why. Made by `tenants.quota.top_up`; never changed, never deleted."""

    month = models.ForeignKey(UsageMonth, on_delete=models.PROTECT, related_name="top_ups")
    units = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.units:+} units for {self.month}: {self.reason}"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail."""
        return {"of": root_of("tenants.tenant", self.month.tenant_id)}


class QuotaNotice(models.Model):
    """That a tenant has used a share of its quota: noted once, told by e-mail once."""

    month = models.ForeignKey(UsageMonth, on_delete=models.PROTECT, related_name="notices")
    share = models.PositiveSmallIntegerField(help_text="per cent of the limit")
    limit = models.BigIntegerField(help_text="Another quota, or a top-up, may be told about anew.")
    noted_at = models.DateTimeField(default=timezone.now)
    sent_to = models.EmailField(blank=True)
    sent_at = models.DateTimeField(null=True)
    not_sent = models.TextField(blank=True, help_text="Why it was not sent, the last time.")

    class Meta:
        ordering = ["-noted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="a_share_is_noted_once", fields=["month", "share", "limit"]),
        ]

    def __str__(self) -> str:
        return f"{self.share} % of {self.limit} units used, {self.month}"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail."""
        return {"of": root_of("tenants.tenant", self.month.tenant_id)}


class Reservation(models.Model):
    """A unit in flight. After `expires_at` it belongs to nobody and is given back."""

    # The index below serves the look-ups of both; keys and months are never deleted.
    key = models.ForeignKey("tenants.ApiKey", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.ForeignKey(UsageMonth, models.PROTECT, related_name="reservations", db_index=False)
    counted_as = models.BigIntegerField(default=0, help_text="ApiKey.counted_as of the key; 0 where nobody counted.")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(name="reservation_lease", fields=["month", "expires_at"])]

    def __str__(self) -> str:
        return f"unit of {self.month_id}, until {self.expires_at:%H:%M:%S}"
