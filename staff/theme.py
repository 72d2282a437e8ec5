"""The classes that admin's pages are made of: django-unfold's, with the types of Django's, since it brings none."""

from typing import TYPE_CHECKING

from staff.history import WithTrail

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as PlainModelAdmin
    from django.contrib.admin import TabularInline
else:
    from unfold.admin import ModelAdmin as PlainModelAdmin
    from unfold.admin import TabularInline

__all__ = ["ModelAdmin", "TabularInline"]


class ModelAdmin(WithTrail, PlainModelAdmin):  # type: ignore[type-arg]
    """Its History page is the audit trail."""
