"""What was asked and answered, added up: kept long after the requests themselves are forgotten."""

from django.db import models

from tenants.latency import COLUMNS
from tenants.models.tenant import Tenant


class Rollup(models.Model):
    """Requests of one tenant in one piece of time, by when they were answered; `tenants.rollups` writes them.

    Every request with a key of the tenant counts. The times are those of answers that read a photo: what is
    refused, or asks only for the status, takes milliseconds whatever the engine does. The bill is the ledger's.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    requests = models.BigIntegerField(default=0)
    answered = models.BigIntegerField(default=0, help_text="2xx")
    refused = models.BigIntegerField(default=0, help_text="4xx")
    failed = models.BigIntegerField(default=0, help_text="5xx")
    facings = models.BigIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0, help_text="The sum over all answers that read a photo.")
    # Those answers by how long they took: tenants.latency.BOUNDS.
    within_4_ms = models.BigIntegerField(default=0)
    within_8_ms = models.BigIntegerField(default=0)
    within_16_ms = models.BigIntegerField(default=0)
    within_32_ms = models.BigIntegerField(default=0)
    within_64_ms = models.BigIntegerField(default=0)
    within_128_ms = models.BigIntegerField(default=0)
    within_256_ms = models.BigIntegerField(default=0)
    within_512_ms = models.BigIntegerField(default=0)
    within_1024_ms = models.BigIntegerField(default=0)
    within_2048_ms = models.BigIntegerField(default=0)
    within_4096_ms = models.BigIntegerField(default=0)
    within_8192_ms = models.BigIntegerField(default=0)
    within_16384_ms = models.BigIntegerField(default=0)
    within_32768_ms = models.BigIntegerField(default=0)
    within_65536_ms = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def read(self) -> int:
        """Answers that read a photo."""
        return sum(getattr(self, name) for name in COLUMNS)


class UsageHour(Rollup):
    at = models.DateTimeField(db_index=True, help_text="When the hour began, UTC.")

    class Meta:
        verbose_name = "hour of usage"
        verbose_name_plural = "usage per hour"
        ordering = ["-at", "tenant"]
        constraints = [models.UniqueConstraint(name="one_row_per_tenant_and_hour", fields=["tenant", "at"])]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.at:%Y-%m-%d %H}:00"


class UsageDay(Rollup):
    """The same by day, so that a year of many tenants is added up within the time that a page may take."""

    at = models.DateField(db_index=True, help_text="UTC")

    class Meta:
        verbose_name = "day of usage"
        verbose_name_plural = "usage per day"
        ordering = ["-at", "tenant"]
        constraints = [models.UniqueConstraint(name="one_row_per_tenant_and_day", fields=["tenant", "at"])]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.at:%Y-%m-%d}"
