"""The canary on the page of a line: start one, stop it, and see how the candidate differs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from modelstore.admin.read_only import allowed, user_name
from modelstore.admin.reason import ReasonForm
from modelstore.canaries import start, stop
from modelstore.canary_figures import figures
from modelstore.errors import PublishRefused
from modelstore.models import Canary, ModelLine, Release
from modelstore.proving import prove
from staff.asking import Question, ask
from staff.theme import ModelAdmin, NumberInput, Select, TextInput


class CandidateField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, release: Release) -> str:
        return f"{release} ({release.status}{', was refused' if release.refusal else ''})"


class CanaryForm(forms.Form):
    """The candidates are the published and retired releases of the line; the newest is offered first."""

    candidate = CandidateField(Release.objects.none(), empty_label=None, widget=Select)
    share = forms.IntegerField(
        min_value=0, max_value=100, initial=10, label="Share of the requests, in per cent", widget=NumberInput
    )
    reason = forms.CharField(
        required=False,
        max_length=2000,
        label="Why (kept in the audit trail)",
        widget=TextInput,
    )

    def __init__(self, line: ModelLine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "canary-%s"
        fitting = line.releases.filter(status__in=(Release.Status.PUBLISHED, Release.Status.RETIRED))
        choice = self.fields["candidate"]
        assert isinstance(choice, CandidateField)
        choice.queryset = fitting.select_related("line").defer("manifest").order_by("-version")


class CanaryControls(ModelAdmin):  # type: ignore[type-arg]
    """The part of ModelLineAdmin that knows canaries."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        line: ModelLine = context["original"]
        latest = line.canaries.select_related("active__line", "candidate__line").defer(
            "active__manifest", "candidate__manifest"
        )
        canary = latest.order_by("-pk").first()
        running = canary if canary and canary.ended_at is None else None
        context |= {
            "canary": canary,
            "canary_runs": running,
            "canary_figures": canary and figures(canary),
            "canary_form": _form(line, running) if allowed(request, "change_release") else None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        begin, end = self.admin_site.admin_view(self.start_canary), self.admin_site.admin_view(self.stop_canary)
        return [
            path("<int:pk>/canary/start/", begin, name="modelstore_modelline_start_canary"),
            path("<int:pk>/canary/stop/<int:canary>/", end, name="modelstore_modelline_stop_canary"),
            *super().get_urls(),
        ]

    def start_canary(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = _line(request, pk)
        if request.method == "POST":
            form = CanaryForm(line, request.POST)
            if form.is_valid():
                self._start(request, form.cleaned_data)
            else:
                told = " ".join(str(error) for errors in form.errors.values() for error in errors)
                self.message_user(request, f"No canary was started. {told}", messages.ERROR)
        return redirect("admin:modelstore_modelline_change", pk)

    def _start(self, request: HttpRequest, chosen: dict[str, Any]) -> None:
        try:
            canary = start(chosen["candidate"], chosen["share"], prove, user_name(request), chosen["reason"])
        except PublishRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"From the next request on, {canary}.", messages.SUCCESS)

    def stop_canary(self, request: HttpRequest, pk: int, canary: int) -> HttpResponse:
        """Asks on GET. `canary` is the one that was seen: never another one is stopped."""
        line = _line(request, pk)
        seen = get_object_or_404(line.canaries.select_related("candidate__line"), pk=canary)
        if request.method != "POST":
            return ask(self, request, _stopping(line, seen), line)
        self._stop(request, line, seen)
        return redirect("admin:modelstore_modelline_change", pk)

    def _stop(self, request: HttpRequest, line: ModelLine, seen: Canary) -> None:
        try:
            stop(line, user_name(request), request.POST.get("reason", ""), seen)
        except PublishRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            told = f"{seen.candidate} is a canary no more. What it has seen stays on this page."
            self.message_user(request, told, messages.SUCCESS)


def _stopping(line: ModelLine, seen: Canary) -> Question:
    return Question(
        title=f"Stop the canary {seen.candidate}?",
        verb="Stop the canary",
        meaning="It reads no more photos, and is not taken up again. What it has seen stays on the page of the line.",
        back=reverse("admin:modelstore_modelline_change", args=[line.pk]),
        form=ReasonForm(),
        stops=True,
    )


def _line(request: HttpRequest, pk: int) -> ModelLine:
    if not allowed(request, "change_release"):
        raise PermissionDenied
    return get_object_or_404(ModelLine, pk=pk)


def _form(line: ModelLine, running: Canary | None) -> CanaryForm:
    """Of a running canary only the share can be changed."""
    if running is None:
        return CanaryForm(line)
    form = CanaryForm(line, initial={"candidate": running.candidate_id, "share": running.share})
    form.fields["candidate"].widget = forms.HiddenInput()
    return form
