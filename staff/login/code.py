"""The second step of whoever has an authenticator app: six digits, or a backup code."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from staff.lockout import note_failure
from staff.login.proof import WRONG, CodeForm, Wait, matched
from staff.login.steps import log_in, whoever_waits
from staff.models import enrolled

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


def answer(site: "AdminSite", request: HttpRequest) -> HttpResponseBase:
    user = whoever_waits(site, request)
    if isinstance(user, HttpResponseBase):
        return user
    if not enrolled(user):
        return redirect("admin:login_enrol")
    form = CodeForm(request.POST or None)
    if form.is_valid() and (device := _proof(request, user, form)):
        return redirect(log_in(request, user, device))
    context = {**site.each_context(request), "title": "The second factor", "form": form, "username": str(user)}
    return TemplateResponse(request, "staff/code.html", context)


def _proof(request: HttpRequest, user: User, form: CodeForm) -> object | None:
    """The device that took the code. A wrong one is counted, and told in the form."""
    try:
        device: object | None = matched(user, form.cleaned_data["code"])
    except Wait as error:
        form.add_error("code", str(error))
        return None
    if device is None:
        note_failure(request, user)
        form.add_error("code", WRONG)
    return device
