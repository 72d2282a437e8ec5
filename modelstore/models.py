"""Releases: which weights answer for which category and brand, and which did before."""

from django.db import models
from django.db.models import F, Q

from modelstore import names


class ModelLine(models.Model):
    """A category and brand that has, or had, a model. At most one of its releases is active."""

    category = models.CharField(max_length=200)
    brand = models.CharField(max_length=200)
    category_key = models.CharField(max_length=400, editable=False)
    brand_key = models.CharField(max_length=400, editable=False)

    class Meta:
        ordering = ("category", "brand")
        constraints = (models.UniqueConstraint(fields=("category_key", "brand_key"), name="one_line_per_brand"),)

    def __str__(self) -> str:
        return f"{self.category}/{self.brand}"

    @classmethod
    def named(cls, category: str, brand: str) -> "ModelLine":
        """The line of that name, created if new."""
        line, _ = cls.objects.get_or_create(
            category_key=names.key(category),
            brand_key=names.key(brand),
            defaults={"category": names.shown(category), "brand": names.shown(brand)},
        )
        return line


class Release(models.Model):
    """One immutable bundle under a version number. Its files are in the store, by digest."""

    class Status(models.TextChoices):
        PUBLISHED = "published"
        ACTIVE = "active"
        RETIRED = "retired"

    line = models.ForeignKey(ModelLine, on_delete=models.PROTECT, related_name="releases")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="sha256 of the manifest")
    manifest = models.TextField(help_text="The bundle's manifest.json, byte for byte")
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
        return f"{self.line}@{self.version}"

    @classmethod
    def called(cls, name: str) -> "Release":
        """`CATEGORY/BRAND@version` -> that release. Raises Release.DoesNotExist."""
        line_name, _, version = name.rpartition("@")
        category, _, brand = line_name.partition("/")
        if not version.isdecimal():
            raise cls.DoesNotExist(f"{name} is no release name: write CATEGORY/BRAND@VERSION.")
        return cls.objects.select_related("line").get(
            line__category_key=names.key(category), line__brand_key=names.key(brand), version=int(version)
        )

    def earlier(self) -> "Release | None":
        """The release of this line that was active before this one."""
        others = Release.objects.filter(line=self.line_id, activated_at__isnull=False).exclude(pk=self.pk)
        return others.select_related("line").order_by(F("activated_at").desc()).first()
