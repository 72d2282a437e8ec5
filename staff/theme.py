"""What admin's pages are made of: django-unfold's classes, with the types of Django's, since it brings none.

The History page of each object is the audit trail.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import AllValuesFieldListFilter as TextFilter
    from django.contrib.admin import ChoicesFieldListFilter as ChoiceFilter
    from django.contrib.admin import DateFieldListFilter as PeriodFilter
    from django.contrib.admin import ModelAdmin, SimpleListFilter, TabularInline
    from django.contrib.admin import RelatedFieldListFilter as RowFilter
    from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
    from django.forms import CheckboxSelectMultiple, NumberInput, Select, TextInput
else:
    from unfold.admin import ModelAdmin as UnfoldModelAdmin
    from unfold.admin import TabularInline
    from unfold.contrib.filters.admin import AutocompleteSelectFilter as RowFilter
    from unfold.contrib.filters.admin import ChoicesDropdownFilter as ChoiceFilter
    from unfold.contrib.filters.admin import DropdownFilter as SimpleListFilter
    from unfold.contrib.filters.admin import FieldTextFilter as TextFilter
    from unfold.contrib.filters.admin import RangeDateTimeFilter as PeriodFilter
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm
    from unfold.forms import UserCreationForm as AdminUserCreationForm
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget as CheckboxSelectMultiple
    from unfold.widgets import UnfoldAdminDecimalFieldWidget as NumberInput
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

    from staff.history import WithTrail

    class ModelAdmin(WithTrail, UnfoldModelAdmin):
        list_filter_submit = True  # what is typed into a filter needs a button


__all__ = [
    "AdminPasswordChangeForm",
    "AdminUserCreationForm",
    "CheckboxSelectMultiple",
    "ChoiceFilter",
    "ModelAdmin",
    "NumberInput",
    "PeriodFilter",
    "RowFilter",
    "Select",
    "SimpleListFilter",
    "TabularInline",
    "TextFilter",
    "TextInput",
    "UserChangeForm",
]
