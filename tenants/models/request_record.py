"""What is kept of a request, for support: never the photo, never the key's secret, never an address."""

from django.db import models

from tenants.models.api_key import ApiKey
from tenants.models.tenant import Tenant


class RequestRecord(models.Model):
    """Written a moment after the answer, by skuapi.observability.recorder; the bill is the ledger's business."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="requests", db_index=False)
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_index=True, help_text="When it was answered.")
    request_id = models.CharField(max_length=100, db_index=True)
    endpoint = models.CharField(max_length=60)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True, help_text="Of an error.")
    category = models.CharField(max_length=200, blank=True)
    brand = models.CharField(max_length=200, blank=True)
    release = models.CharField(max_length=500, blank=True)
    facings = models.PositiveIntegerField(null=True)
    milliseconds = models.FloatField()

    class Meta:
        verbose_name = "request"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="requests_of_a_tenant", fields=["tenant", "-at"])]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.endpoint} {self.status}"
