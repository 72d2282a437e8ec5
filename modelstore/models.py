"""Releases: which weights answer for which category and brand, and which did before."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from modelstore import names


def release_name(category: str, brand: str, version: int) -> str:
    return f"{category}/{brand}@{version}"


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

    @classmethod
    def called(cls, name: str) -> "ModelLine":
        """`CATEGORY/BRAND` -> that line; both may hold slashes of their own. Raises ModelLine.DoesNotExist."""
        parts = name.split("/") if names.storable(name) else []
        for cut in range(1, len(parts)):
            category, brand = "/".join(parts[:cut]), "/".join(parts[cut:])
            line = cls.objects.filter(category_key=names.key(category), brand_key=names.key(brand)).first()
            if line:
                return line
        raise cls.DoesNotExist(f"There is no line {name}: write CATEGORY/BRAND as manage.py list_releases does.")


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
