"""The answer to a request that named itself with an Idempotency-Key, kept for whoever sends it again."""

from django.db import models

from tenants.models.tenant import Tenant


class StoredAnswer(models.Model):
    """Running while `status` is null, answered afterwards, gone once `body` was dropped. Written by `tenants.answers`.

    A name belongs to a line of keys (ApiKey.counted_as): a key that replaces another finds its answers, and no other
    key does. attempt: whoever takes over from a process that died counts it up, and the dead can write no more.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="stored_answers")
    counted_as = models.BigIntegerField()
    name = models.CharField(max_length=255, help_text="The Idempotency-Key.")
    fingerprint = models.CharField(max_length=64, help_text="sha256 of what was asked.")
    attempt = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_index=True, help_text="When this attempt began.")
    leased_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(null=True)
    about = models.JSONField(null=True, help_text="What the record of a request says, for those that get this answer.")
    size = models.PositiveIntegerField(default=0, help_text="Bytes of the body as it is kept.")
    body = models.BinaryField(null=True, help_text="zlib; null before the answer, and once it was dropped.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_answer_per_idempotency_key", fields=["counted_as", "name"]),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.status or 'running'}"
