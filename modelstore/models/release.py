"""Releases: which weights answer for which category and brand, and which did before."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from modelstore.models.model_line import ModelLine


def release_name(category: str, brand: str, version: int) -> str:
    return f"{category}/{brand}@{version}"


class Release(models.Model):
    """One immutable bundle under a version number. Its files are in the store, by digest."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        ACTIVE = "active"
        RETIRED = "retired"

    line = models.ForeignKey(ModelLine, on_delete=models.PROTECT, related_name="releases")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="sha256 of the manifest")
    manifest = models.TextField(help_text="The bundle's manifest.json, byte for byte")
    signature = models.CharField(max_length=86, blank=True, help_text="Of the digest, by Ed25519")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    refusal = models.TextField(blank=True, help_text="Why the engine last refused to load it; empty when it is fine")

    class Meta:
        ordering = ("line", "-version")
        constraints = (
            models.UniqueConstraint(fields=("line", "version"), name="versions_count_up"),
            models.UniqueConstraint(fields=("line",), condition=Q(status="active"), name="one_active_release"),
        )

    def __str__(self) -> str:
        return release_name(self.line.category, self.line.brand, self.version)

    @classmethod
    def called(cls, name: str) -> "Release":
        """`CATEGORY/BRAND@version` -> that release. Raises Release.DoesNotExist."""
        line_name, _, version = name.rpartition("@")
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise cls.DoesNotExist(f"{name} is no release name: write CATEGORY/BRAND@VERSION.")
        try:
            return cls.objects.select_related("line").get(line=ModelLine.called(line_name), version=int(version))
        except ModelLine.DoesNotExist as error:
            raise cls.DoesNotExist(str(error)) from error

    def earlier(self, tried: Iterable[str] = ()) -> "Release | None":
        """The release of this line that was active before this one; one known to be refused only for want of others.

        tried: digests of releases that cannot take its place.
        """
        others = Release.objects.filter(line=self.line_id, activated_at__isnull=False).exclude(pk=self.pk)
        others = others.exclude(digest__in=list(tried))
        return others.alias(sound=Q(refusal="")).select_related("line").order_by("-sound", "-activated_at").first()
