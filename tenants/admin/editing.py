"""Edits of rows that requests, commands and other staff change meanwhile."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Base = ModelAdmin[Any]
else:
    Base = object


class Gone(Exception):
    """The row was erased while somebody edited it."""


class SavesWhatChanged(Base):
    """Writes the columns that were edited and no others: what was suspended meanwhile stays so, and what was erased is
    not written anew."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        if not type(obj)._base_manager.select_for_update().filter(pk=obj.pk).exists():
            raise Gone
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in columns])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Gone:
            told = f"Nothing was saved: this {self.opts.verbose_name} was erased while you edited it."
            self.message_user(request, told, messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
