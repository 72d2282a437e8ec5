"""Canaries: a candidate that reads a share of the photos that the active release has answered, and answers nobody."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from modelstore.models.model_line import ModelLine
from modelstore.models.release import Release


class Canary(models.Model):
    """At most one runs on a line. It ends when it is stopped, or when another release becomes active."""

    line = models.ForeignKey(ModelLine, on_delete=models.PROTECT, related_name="canaries")
    active = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="candidacies")
    # The active release while its photos are read; none once paused or ended. Every prediction looks it up: a join
    # with a condition instead takes Django five times as long to build.
    watched = models.OneToOneField(
        Release, on_delete=models.PROTECT, related_name="canary", null=True, blank=True, editable=False
    )
    share = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)], help_text="per cent of the requests")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused = models.TextField(blank=True, help_text="Why the candidate reads nothing more; empty while it does")
    dropped = models.PositiveBigIntegerField(default=0, help_text="Photos that gave way to requests, or came too late")
    failed = models.PositiveBigIntegerField(default=0, help_text="Photos that the candidate had no answer to")
    failure = models.TextField(blank=True, help_text="What it said to the last of these")

    class Meta:
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("line",), condition=Q(ended_at=None), name="one_running_canary"),
            models.CheckConstraint(condition=Q(share__lte=100), name="share_of_a_canary_in_per_cent"),
            models.CheckConstraint(condition=~Q(active=F("candidate")), name="a_canary_compares_two_releases"),
            models.CheckConstraint(
                condition=Q(watched=F("active"), ended_at=None, paused="")
                | (Q(watched=None) & (Q(ended_at__isnull=False) | ~Q(paused=""))),
                name="a_canary_watches_the_active_release_or_none",
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate} reads {self.share} % of what {self.active} answers"


class CanaryComparison(models.Model):
    """How the two differ on one photo: counts of facings as in inference.comparison. The photo is not kept."""

    canary = models.ForeignKey(Canary, on_delete=models.CASCADE, related_name="comparisons")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    active_facings = models.PositiveIntegerField()
    candidate_facings = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    different = models.PositiveIntegerField()
    named_by_active = models.PositiveIntegerField()
    named_by_candidate = models.PositiveIntegerField()
    both_unknown = models.PositiveIntegerField()
    share_moved = models.FloatField(help_text="percentage points of the shelf that have another name")
    active_ms = models.FloatField()
    candidate_ms = models.FloatField()
    differences = models.TextField(help_text="inference.comparison.Difference, in compact JSON")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.canary.candidate} on a photo at {self.at:%Y-%m-%d %H:%M:%S}"
