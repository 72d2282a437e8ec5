"""A category and brand, for which releases follow one another."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction

from inference.manifest import Task
from modelstore import names
from modelstore.slugs import free_slug, slug_of

if TYPE_CHECKING:
    from modelstore.models.release import Release

_TRIES = 5
"""Lines that are made at the same time may want the same slug."""


class ModelLine(models.Model):
    """A category and brand that has, or had, a model. At most one of its releases is active.

    slug: its name in addresses, with the version of a release behind it; it never changes. kind: what its releases
    read, decided by the first of them.
    """

    class Kind(models.TextChoices):
        SHELF = "shelf", "shelf"
        WHOLE_IMAGE = "whole_image", "whole image"

        @classmethod
        def of(cls, task: Task) -> "ModelLine.Kind":
            return cls.SHELF if task == "sku" else cls.WHOLE_IMAGE

    category = models.CharField(max_length=200)
    brand = models.CharField(max_length=200)
    category_key = models.CharField(max_length=400, editable=False)
    brand_key = models.CharField(max_length=400, editable=False)
    slug = models.CharField(max_length=100, editable=False, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SHELF, editable=False)

    class Meta:
        ordering = ("category", "brand")
        constraints = (models.UniqueConstraint(fields=("category_key", "brand_key"), name="one_line_per_brand"),)

    def __str__(self) -> str:
        return f"{self.category}/{self.brand}"

    @property
    def classifies(self) -> bool:
        """Whole pictures, not shelves."""
        return self.kind == self.Kind.WHOLE_IMAGE

    @classmethod
    def named(cls, category: str, brand: str, kind: str = Kind.SHELF) -> "ModelLine":
        """The line of that name, created if new: with that kind, and a slug that no other has."""
        for left in reversed(range(_TRIES)):
            try:
                return cls.known(category, brand) or cls._made(category, brand, kind)
            except IntegrityError:  # another has just been made with this name, or this slug
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    @classmethod
    def known(cls, category: str, brand: str) -> "ModelLine | None":
        return cls.objects.filter(category_key=names.key(category), brand_key=names.key(brand)).first()

    @classmethod
    def _made(cls, category: str, brand: str, kind: str) -> "ModelLine":
        """Raises IntegrityError."""
        wanted = slug_of(category, brand)
        taken = set(cls.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
        with transaction.atomic():
            return cls.objects.create(
                category=names.shown(category),
                brand=names.shown(brand),
                category_key=names.key(category),
                brand_key=names.key(brand),
                slug=free_slug(wanted, taken),
                kind=kind,
            )

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

    def active(self) -> "Release | None":
        """The release that answers, without its manifest."""
        return self.releases.filter(status="active").select_related("line").defer("manifest").first()
