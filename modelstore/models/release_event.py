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
        SIGNED = "signed", "signed"
        CANARY_STARTED = "canary", "canary started"
        CANARY_CHANGED = "canary_set", "canary changed"
        CANARY_PAUSED = "canary_off", "canary paused"
        CANARY_ENDED = "canary_end", "canary ended"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    who = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    verdict = models.TextField(blank=True, help_text="What the promotion gate said")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.release} {self.get_kind_display()} by {self.who}"
