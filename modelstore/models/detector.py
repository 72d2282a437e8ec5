"""Detectors that were imported and can serve any brand."""

from django.db import models

from modelstore import names


class Detector(models.Model):
    """A detector that was imported, and can serve any brand. Its files are in the store, by digest."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, editable=False, unique=True)
    digest = models.CharField(max_length=64, help_text="sha256 of architecture, weights and settings")
    spec = models.TextField(help_text="The detector as a manifest describes it, in JSON")
    classes = models.TextField(blank=True, help_text="What it was trained to tell apart; all of it counts as products")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def called(cls, name: str) -> "Detector":
        """The detector of that name, whatever its case. Raises Detector.DoesNotExist."""
        found = cls.objects.filter(name_key=names.key(name)).first() if names.storable(name) else None
        if found is None:
            raise cls.DoesNotExist(f"There is no detector {name}: manage.py import_detector FILE --name NAME adds one.")
        return found
