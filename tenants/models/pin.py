"""Pins: a tenant, or one of its keys, that is answered by one release of a line, whatever is active."""

from typing import Any

from django.db import models
from django.utils import timezone

from staff.audit import root_of
from tenants.models.api_key import ApiKey
from tenants.models.tenant import Tenant


class Pin(models.Model):
    """So that numbers stay comparable through a campaign. It opens no line that the tenant may not use."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="pins")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="pins")
    # The line of the release, kept here as well for the constraints below.
    line = models.ForeignKey("modelstore.ModelLine", on_delete=models.PROTECT, related_name="+", editable=False)
    release = models.ForeignKey(
        "modelstore.Release",
        on_delete=models.PROTECT,
        related_name="pins",
        limit_choices_to=~models.Q(status="draft"),
        help_text="Answers whatever is active on its line, retired or not. Drafts cannot be chosen.",
    )
    purpose = models.CharField(
        max_length=200, blank=True, help_text="What for, e.g. “Ramadan campaign, until 30 April”."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pin_of_a_tenant_or_a_key",
                condition=models.Q(tenant__isnull=True, key__isnull=False)
                | models.Q(tenant__isnull=False, key__isnull=True),
            ),
            models.UniqueConstraint(name="one_pin_per_tenant_and_line", fields=["tenant", "line"]),
            models.UniqueConstraint(name="one_pin_per_key_and_line", fields=["key", "line"]),
        ]

    def __str__(self) -> str:
        return f"{self.key or self.tenant} is answered by {self.release}"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail: whose page shows it."""
        if self.key_id is not None:
            return {"of": root_of("tenants.apikey", self.key_id)}
        return {"of": root_of("tenants.tenant", self.tenant_id)}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.line_id = self.release.line_id
        super().save(*args, **kwargs)
