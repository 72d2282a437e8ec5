"""Pins, on the pages of tenants and of keys."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet

from staff.theme import TabularInline
from tenants.models import Pin


class PinFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """Two pins to one line contradict each other; whoever asks about whole pictures names a version."""
        super().clean()
        for form in self._kept():
            if form.cleaned_data["release"].line.classifies:
                raise ValidationError(
                    "Classifiers of whole pictures need no pin: a request names the version it means."
                )
        lines = [form.cleaned_data["release"].line_id for form in self._kept()]
        if len(set(lines)) < len(lines):
            raise ValidationError("Two pins are for the same line. Keep one of them: only one release can answer.")

    def _kept(self) -> list[Any]:
        filled = [form for form in self.forms if getattr(form, "cleaned_data", {}).get("release")]
        return [form for form in filled if form not in self.deleted_forms]


class PinInline(TabularInline):  # type: ignore[type-arg]
    model = Pin
    formset = PinFormSet
    fields = ("release", "purpose", "created_at")
    readonly_fields = ("created_at",)
    autocomplete_fields = ("release",)
    tab = True
    hide_title = True
    extra = 0
    verbose_name_plural = "pinned releases"
