"""SKUs being added: how far each has come, what a person must decide, and what came of it."""

from io import BytesIO
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from PIL import Image

from inference.image_errors import ImageError
from inference.images import decode
from modelstore.admin.read_only import ReadOnlyAdmin, allowed, user_name
from modelstore.errors import OnboardingRefused
from modelstore.models import Onboarding, OnboardingPhoto
from modelstore.onboarding.decisions import accept, refit_again, try_again, withdraw
from modelstore.onboarding.jobs import resume
from modelstore.photo_store import photo_store
from staff.asking import Question, ask
from staff.theme import ChoiceFilter, ModelAdmin, PeriodFilter, RowFilter

THUMBNAIL = (180, 180)
PATIENCE = 10.0
"""Seconds after which it is strange that no worker has taken it up."""


@admin.register(Onboarding)
class OnboardingAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("sku", "line", "shown_state", "who", "created_at")
    list_filter = (("line", RowFilter), ("state", ChoiceFilter), ("created_at", PeriodFilter))
    search_fields = ("sku", "line__category", "line__brand", "who")
    list_select_related = ("line",)
    fields = (
        "line",
        "as_large_as",
        "who",
        "accepted_by",
        "created_at",
        "recognised_at",
        "ended_at",
        "before",
        "prototype",
        "refit",
    )
    change_form_template = "admin/modelstore/onboarding/change_form.html"

    @admin.display(description="state", ordering="state")
    def shown_state(self, row: Onboarding) -> str:
        return row.shown_state

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return allowed(request, "view_release") or allowed(request, "add_release")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Onboarding]:
        rows: QuerySet[Onboarding] = super().get_queryset(request)
        named = ("before", "prototype", "refit")
        return rows.select_related("line", *(f"{name}__line" for name in named)).defer(
            *(f"{name}__manifest" for name in named)
        )

    def get_urls(self) -> list[URLPattern]:
        def view(name: str, handler: Any, address: str) -> URLPattern:
            found: URLPattern = path(address, self.admin_site.admin_view(handler), name=f"modelstore_onboarding_{name}")
            return found

        return [
            view("progress", self.progress, "<int:pk>/progress/"),
            view("decide", self.decide, "<int:pk>/decide/"),
            view("photo", self.photo, "<int:pk>/photo/<int:photo>/"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row: Onboarding = context["original"]
        context |= {**self._shown(request, row), "title": str(row), "subtitle": None, "photos": row.photos.all()}
        return super().render_change_form(request, context, *args, **kwargs)

    def _shown(self, request: HttpRequest, row: Onboarding) -> dict[str, Any]:
        return {"onboarding": row, "may_decide": allowed(request, "add_release"), "standstill": _standstill(row)}

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part of the page that changes by itself. Whoever looks also triggers what stands still."""
        row = self._row(request, pk)
        resume(row)
        return TemplateResponse(request, "admin/modelstore/onboarding/progress.html", self._shown(request, row))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks whether to withdraw it, which ends it."""
        if not allowed(request, "add_release"):
            raise PermissionDenied
        row = self._row(request, pk)
        if request.method == "GET" and request.GET.get("decision") == "withdraw":
            return ask(self, request, _withdrawing(row), row)
        if request.method == "POST":
            try:
                _decided(row, request.POST.get("decision", ""), user_name(request))
            except OnboardingRefused as error:
                self.message_user(request, str(error), messages.ERROR)
        return redirect("admin:modelstore_onboarding_change", pk)

    def photo(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        """Small, and encoded anew: what somebody uploaded is never sent to a browser as it came."""
        row = self._row(request, pk)
        picture = _thumbnail(get_object_or_404(OnboardingPhoto, onboarding=row, pk=photo))
        return HttpResponse(picture, "image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    def _row(self, request: HttpRequest, pk: int) -> Onboarding:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _withdrawing(row: Onboarding) -> Question:
    return Question(
        title=f"Withdraw {row.sku}?",
        verb="Withdraw it",
        meaning=f"{row.line} does not learn it. To add it after all, its photos are uploaded again.",
        back=reverse("admin:modelstore_onboarding_change", args=[row.pk]),
        kept=[("decision", "withdraw")],
        stops=True,
    )


def _decided(row: Onboarding, decision: str, who: str) -> None:
    """Raises OnboardingRefused."""
    if decision == "accept":
        accept(row, who)
    elif decision == "withdraw":
        withdraw(row, who)
    elif decision == "again":
        try_again(row)
    elif decision == "refit":
        refit_again(row)


def _standstill(row: Onboarding) -> str:
    """Why nothing happens; "" while something does."""
    if not row.unfinished or row.held or row.seconds_waited < PATIENCE:
        return ""
    others = Onboarding.objects.filter(held_until__gt=timezone.now()).exclude(pk=row.pk).select_related("line")
    busy = others.first()
    if busy:
        return f"The worker is busy with {busy}; this one comes next."
    return (
        "No worker has taken it up: none seems to run. Start one with manage.py qcluster on a machine with these "
        "settings (make demo starts one with the server); it goes on from here."
    )


def _thumbnail(photo: OnboardingPhoto) -> bytes:
    try:
        image = decode(photo_store().read(photo.digest))
    except (OSError, ImageError):
        image = Image.new("RGB", THUMBNAIL, (160, 160, 160))
    image.thumbnail(THUMBNAIL)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
