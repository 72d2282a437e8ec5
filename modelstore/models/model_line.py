"""A category and brand, for which releases follow one another."""

from typing import TYPE_CHECKING

from django.db import models

from modelstore import names

if TYPE_CHECKING:
    from modelstore.models.release import Release


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

    def active(self) -> "Release | None":
        """The release that answers, without its manifest."""
        return self.releases.filter(status="active").select_related("line").defer("manifest").first()
