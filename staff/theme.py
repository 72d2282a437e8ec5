"""The classes that admin's pages are made of: django-unfold's, with the types of Django's, since it brings none.

The History page of each object is the audit trail.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
else:
    from unfold.admin import ModelAdmin as UnfoldModelAdmin
    from unfold.admin import TabularInline

    from staff.history import WithTrail

    class ModelAdmin(WithTrail, UnfoldModelAdmin): ...


__all__ = ["ModelAdmin", "TabularInline"]
