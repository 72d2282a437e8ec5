"""Whatever stops, ends or changes something for customers asks first: one page, GET asks, POST acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from staff.theme import ModelAdmin


@dataclass(frozen=True)
class Question:
    """verb: what the button says. things: what it is done to. back: where "No, take me back" leads.

    form: what else must be known. kept: hidden values that are sent along. stops: the button is red.
    """

    title: str
    verb: str
    meaning: str | SafeString
    back: str
    things: Sequence[str | SafeString] = ()
    form: forms.Form | None = None
    kept: Sequence[tuple[str, object]] = ()
    stops: bool = False
    warning: str = ""


def ask(page: "ModelAdmin[Any]", request: HttpRequest, question: Question, thing: object = None) -> TemplateResponse:
    """thing: the row whose page the question belongs to."""
    context = {**page.admin_site.each_context(request), "opts": page.opts, "title": question.title}
    return TemplateResponse(request, "admin/staff/question.html", context | {"question": question, "original": thing})
