"""The audit trail: what happened to each release, who did it, and why."""

from django.db import models
from django.utils import timezone

from modelstore.models.release import Release


class ReleaseEvent(models.Model):
    """Written in the transaction of the change it tells of, by `modelstore.audit`; never changed afterwards."""

    class Kind(models.TextChoices):
        DRAFTED = "drafted", "kept as a draft"
        PUBLISHED = "published", "published"
        ACTIVATED = "activated", "activated"
        RESTORED = "restored", "activated again by a rollback"
        RETIRED = "retired", "retired"
        REFUSED = "refused", "refused"
        SOUND = "sound", "found sound again"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    who = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.release} {self.get_kind_display()} by {self.who}"
