"""Keys: issued here, shown once, then only suspended, resumed or revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from staff.theme import ModelAdmin
from tenants.admin.permanence import NeverDeleted
from tenants.admin.pin import PinInline
from tenants.keys import seal
from tenants.models import ApiKey, Scope
from tenants.rotation import GRACE, rotate

# What staff may do to a key: the method of ApiKey, what it is called, and what it means.
MOVES = {
    "suspend": ("Suspend", "Requests are answered with 403 until it is resumed."),
    "resume": ("Resume", "Requests are accepted again."),
    "revoke": ("Revoke", "This is final: nobody can bring a revoked key back."),
}

TOLD = ("shown_key", "state", "replaced_by", "last_used_at", "last_used_from", "created_at")


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
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
        label="days for which the old key still works",
        min_value=0,
        max_value=365,
        initial=GRACE.days,
        help_text="0 ends it at once: use that for a key that has leaked.",
    )


@admin.register(ApiKey)
class ApiKeyAdmin(NeverDeleted, ModelAdmin):  # type: ignore[type-arg]
    form = ApiKeyForm
    list_display = ("shown_key", "tenant", "label", "state", "is_test", "expires_at", "last_used_at", "created_at")
    list_filter = ("state", "is_test", "api_version", ("tenant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("key_id", "label", "tenant__name", "tenant__slug")
    search_help_text = "The id inside a key, its label, or a tenant"
    autocomplete_fields = ("tenant",)
    list_select_related = ("tenant",)
    actions = ("suspend_selected", "resume_selected", "revoke_selected")
    change_form_template = "admin/tenants/apikey/change_form.html"

    @admin.display(description="key", ordering="key_id")
    def shown_key(self, key: ApiKey) -> str:
        return f"{key.shown_prefix}_…"

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
        if change:
            # Only what was edited: a key suspended or revoked meanwhile stays so.
            obj.save(update_fields=form.changed_data)
        else:
            request.issued_text = seal(obj)  # type: ignore[attr-defined]
            obj.save()

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        return self._shown_once(request, obj, request.issued_text)  # type: ignore[attr-defined]

    def _shown_once(self, request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
        context = {**self._page(request, "The new key"), "key": key, "text": text}
        return TemplateResponse(request, "admin/tenants/apikey/issued.html", context)

    def _page(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}

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
                self.log_change(request, key, f"Rotated: {new.shown_prefix} takes its place.")
                self.log_addition(request, new, f"Takes the place of {key.shown_prefix}.")
                return self._shown_once(request, new, text)
        context = {**self._page(request, "Rotate?"), "key": key, "form": form}
        return TemplateResponse(request, "admin/tenants/apikey/rotate.html", context)

    # --- suspending, resuming, revoking

    def get_urls(self) -> list[URLPattern]:
        confirm, turn = (self.admin_site.admin_view(view) for view in (self.confirm_move, self.rotate_key))
        return [
            path("move/<str:move>/", confirm, name="tenants_apikey_move"),
            path("<int:pk>/rotate/", turn, name="tenants_apikey_rotate"),
            *super().get_urls(),
        ]

    def confirm_move(self, request: HttpRequest, move: str) -> HttpResponse:
        """Asks on GET, acts on POST; `ids` names the keys."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if move not in MOVES:
            raise Http404
        ids = [pk for pk in request.GET.get("ids", "").split(",") if pk.isdecimal()]
        chosen = self.get_queryset(request).filter(pk__in=ids).exclude(state=ApiKey.State.REVOKED)
        if request.method == "POST":
            self._move(request, chosen, move)
            return HttpResponseRedirect(reverse("admin:tenants_apikey_changelist"))
        verb, meaning = MOVES[move]
        context = {**self._page(request, f"{verb}?"), "chosen": chosen, "verb": verb, "meaning": meaning}
        return TemplateResponse(request, "admin/tenants/apikey/confirm_move.html", context)

    def _move(self, request: HttpRequest, chosen: QuerySet[ApiKey], move: str) -> None:
        moved = [key for key in chosen.select_related("tenant") if getattr(key, move)()]
        for key in moved:
            self.log_change(request, key, f"{MOVES[move][0]}: done.")
        self.message_user(request, f"{MOVES[move][0]}: {len(moved)} key(s).", messages.SUCCESS)

    @admin.action(description="Suspend selected keys", permissions=["change"])
    def suspend_selected(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        self._move(request, chosen, "suspend")

    @admin.action(description="Resume selected keys", permissions=["change"])
    def resume_selected(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        self._move(request, chosen, "resume")

    @admin.action(description="Revoke selected keys for good…", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> HttpResponse:
        ids = ",".join(str(pk) for pk in chosen.values_list("pk", flat=True))
        address = reverse("admin:tenants_apikey_move", args=["revoke"])
        return HttpResponseRedirect(f"{address}?{urlencode({'ids': ids})}")
