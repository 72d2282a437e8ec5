"""What staff may do to rows besides editing them: chosen in a list or on a page, asked about once, then done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from staff.asking import Question, ask
from staff.theme import ModelAdmin

MOST = 100
"""Rows at once: as many as a list shows, and as many names as an address carries."""


@dataclass(frozen=True)
class Move:
    """verb: as the button says it. meaning: what it does to customers. stops: it takes something away from them."""

    verb: str
    meaning: str
    stops: bool = False
    form: type[forms.Form] | None = None


class Moves(ModelAdmin):  # type: ignore[type-arg]
    """Each move is an action of the list and an address to link to (`move_url`): GET asks, POST acts."""

    moves: Mapping[str, Move] = {}

    def may_move(self, request: HttpRequest, move: str) -> bool:
        return bool(self.has_change_permission(request))

    def movable(self, rows: "QuerySet[Any]", move: str) -> "QuerySet[Any]":
        """Those to which it can be done at all."""
        return rows

    def make_move(self, request: HttpRequest, rows: list[Any], move: str, said: dict[str, Any]) -> None:
        """Does it, logs it and tells what came of it. said: what the move's form was answered."""
        raise NotImplementedError

    def shown_thing(self, row: Any) -> str | SafeString:
        return str(row)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.move)
        return [path("move/<str:move>/", view, name=f"{_stem(self.model)}_move"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        for name, move in self.moves.items():
            if self.may_move(request, name):
                function = _action(name)
                actions[function.__name__] = (function, function.__name__, f"{move.verb}…")
        return actions

    def move(self, request: HttpRequest, move: str) -> HttpResponse:
        """`ids` names the rows."""
        if move not in self.moves:
            raise Http404
        if not self.may_move(request, move):
            raise PermissionDenied
        ids = [pk for pk in request.GET.get("ids", "").split(",") if pk.isascii() and pk.isdecimal()][:MOST]
        rows = list(self.movable(self.get_queryset(request).filter(pk__in=ids), move))
        if not rows:
            self.message_user(request, f"{self.moves[move].verb}: there is nothing to do.", messages.WARNING)
            return redirect(self._back(ids))
        kind = self.moves[move].form
        form = kind(request.POST if request.method == "POST" else None) if kind else None
        if request.method == "POST" and (form is None or form.is_valid()):
            self.make_move(request, rows, move, form.cleaned_data if form else {})
            return redirect(self._back(ids))
        return ask(self, request, self._question(self.moves[move], rows, form, self._back(ids)))

    def _question(self, move: Move, rows: list[Any], form: forms.Form | None, back: str) -> Question:
        title = f"{move.verb} {rows[0] if len(rows) == 1 else f'{len(rows)} {self.opts.verbose_name_plural}'}?"
        things = [self.shown_thing(row) for row in rows]
        return Question(title, move.verb, move.meaning, back, things, form, stops=move.stops)

    def _back(self, ids: list[str]) -> str:
        """To the page of the one row, or to the list."""
        if len(ids) == 1:
            return reverse(f"admin:{_stem(self.model)}_change", args=ids)
        return reverse(f"admin:{_stem(self.model)}_changelist")


def move_url(row: Model, move: str) -> str:
    return f"{reverse(f'admin:{_stem(type(row))}_move', args=[move])}?ids={row.pk}"


def _stem(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _action(move: str) -> Callable[[Any, HttpRequest, "QuerySet[Any]"], HttpResponse | None]:
    """Leads from a list to the question."""

    def to_the_question(page: Moves, request: HttpRequest, chosen: "QuerySet[Any]") -> HttpResponse | None:
        ids = [str(pk) for pk in chosen.values_list("pk", flat=True)[: MOST + 1]]
        if len(ids) > MOST:
            page.message_user(request, f"Choose at most {MOST} at a time.", messages.WARNING)
            return None
        address = reverse(f"admin:{_stem(page.model)}_move", args=[move])
        return redirect(f"{address}?ids={','.join(ids)}")

    to_the_question.__name__ = f"{move}_selected"
    return to_the_question
