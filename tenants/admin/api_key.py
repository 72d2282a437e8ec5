"""Keys: issued here, shown once, then only suspended, resumed or revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staff.asking import Question, ask
from staff.chips import chip
from staff.moves import Move, Moves
from staff.theme import CheckboxSelectMultiple, ChoiceFilter, NumberInput, PeriodFilter, RowFilter
from tenants.admin.editing import SavesWhatChanged
from tenants.admin.links import link
from tenants.admin.permanence import NeverDeleted
from tenants.admin.pin import PinInline
from tenants.keys import seal
from tenants.models import ApiKey, Scope
from tenants.rotation import GRACE, rotate

# What staff may do to a key: each is a method of ApiKey.
MOVES = {
    "suspend": Move("Suspend", "Its requests are answered with 403 until it is resumed.", stops=True),
    "resume": Move("Resume", "Its requests are accepted again."),
    "revoke": Move("Revoke", "This is final: nobody can bring a revoked key back.", stops=True),
}

TOLD = ("shown_key", "state", "replaced_by", "last_used_at", "last_used_from", "created_at")


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text="None chosen: all of them.",
    )

    class Meta:
        model = ApiKey
        fields = (
            *("tenant", "label", "is_test", "scopes", "allowed_networks", "api_version", "expires_at"),
            *("burst_limit_per_minute", "monthly_cap"),
        )


class RotationForm(forms.Form):
    grace_days = forms.FloatField(
        label="Days for which the old key still works",
        min_value=0,
        max_value=365,
        initial=GRACE.days,
        widget=NumberInput,
        help_text="0 ends it at once: use that for a key that has leaked.",
    )


@admin.register(ApiKey)
class ApiKeyAdmin(NeverDeleted, SavesWhatChanged, Moves):
    moves = MOVES
    form = ApiKeyForm
    list_display = (
        "shown_key",
        "shown_tenant",
        "label",
        "shown_state",
        "kind",
        "expires_at",
        "last_used_at",
        "created_at",
    )
    list_filter = (
        ("tenant", RowFilter),
        ("state", ChoiceFilter),
        "is_test",
        ("api_version", ChoiceFilter),
        ("last_used_at", PeriodFilter),
        ("expires_at", PeriodFilter),
    )
    search_fields = ("key_id", "label", "tenant__name", "tenant__slug")
    search_help_text = "The id inside a key, its label, or a tenant"
    autocomplete_fields = ("tenant",)
    list_select_related = ("tenant",)
    change_form_template = "admin/tenants/apikey/change_form.html"

    @admin.display(description="key", ordering="key_id")
    def shown_key(self, key: ApiKey) -> str:
        return f"{key.shown_prefix}_…"

    @admin.display(description="tenant", ordering="tenant__name")
    def shown_tenant(self, key: ApiKey) -> SafeString:
        return link(key.tenant)

    @admin.display(ordering="is_test")
    def kind(self, key: ApiKey) -> str:
        return "Test" if key.is_test else "Live"

    @admin.display(description="state", ordering="state")
    def shown_state(self, key: ApiKey) -> SafeString:
        return chip(key.get_state_display(), key.state == ApiKey.State.ACTIVE)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return ApiKeyForm.Meta.fields + (TOLD if obj else ())

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        if obj is None:
            return TOLD
        revoked = obj.state == ApiKey.State.REVOKED
        return self.get_fields(request, obj) if revoked else (*TOLD, "tenant", "is_test")

    def get_inlines(self, request: HttpRequest, obj: ApiKey | None) -> tuple[type[PinInline], ...]:
        """A key is issued first, and shown; then it can be pinned."""
        return (PinInline,) if obj else ()

    # --- issuing: the text goes from here into one answer, and nowhere else

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            request.issued_text = seal(obj)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        return self._shown_once(request, obj, request.issued_text)  # type: ignore[attr-defined]

    def _shown_once(self, request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, "title": "The new key", "original": key}
        return TemplateResponse(request, "admin/tenants/apikey/issued.html", page | {"key": key, "text": text})

    # --- rotating

    def rotate_key(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the grace on GET, issues on POST."""
        key = get_object_or_404(self.get_queryset(request), pk=pk)
        if not (self.has_change_permission(request, key) and self.has_add_permission(request)):
            raise PermissionDenied
        form = RotationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                new, text = rotate(key, timedelta(days=form.cleaned_data["grace_days"]))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return self._shown_once(request, new, text)
        return ask(self, request, self._rotation(key, form), key)

    def _rotation(self, key: ApiKey, form: RotationForm) -> Question:
        meaning = format_html(
            "A new key takes the place of <code>{}_…</code> of {}, with the same scopes, networks, limits and pins. "
            "It is shown once, on the next page.", key.shown_prefix, key.tenant,
        )  # fmt: skip
        back = reverse("admin:tenants_apikey_change", args=[key.pk])
        return Question("Rotate this key?", "Issue the new key", meaning, back, form=form)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.rotate_key)
        return [path("<int:pk>/rotate/", view, name="tenants_apikey_rotate"), *super().get_urls()]

    # --- suspending, resuming, revoking

    def movable(self, rows: QuerySet[ApiKey], move: str) -> QuerySet[ApiKey]:
        """A revoked key stays revoked."""
        return rows.exclude(state=ApiKey.State.REVOKED).select_related("tenant")

    def shown_thing(self, row: ApiKey) -> SafeString:
        used = f", last used {row.last_used_at:%Y-%m-%d %H:%M} UTC" if row.last_used_at else ", never used"
        return format_html("<code>{}_…</code> {} of {}{}", row.shown_prefix, row.label, row.tenant, used)

    def make_move(self, request: HttpRequest, rows: list[ApiKey], move: str, said: dict[str, Any]) -> None:
        moved = [key for key in rows if getattr(key, move)()]
        self.message_user(request, f"{MOVES[move].verb}: {len(moved)} key(s).", messages.SUCCESS)
