"""How releases did on photos that were brought to them after training."""

from django.db import models
from django.utils import timezone

from modelstore.models.release import Release
from staff.audit import root_of


class Evaluation(models.Model):
    """One report. Its file is in the model store, the photos in the photo store, both by digest."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="evaluations")
    report = models.CharField(max_length=64, help_text="sha256 of the report")
    photos = models.PositiveIntegerField()
    who = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.release} on {self.photos} photos"

    def get_additional_data(self) -> dict[str, str]:
        """For the audit trail: whose page shows it."""
        return {"of": root_of("modelstore.release", self.release_id)}
