"""A page of admin on which a person sees their own second factor, and gets new backup codes."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from staff.lockout import is_locked, locked_out, note_failure
from staff.login.proof import WRONG, CodeForm, Wait, matched
from staff.models import Authenticator, BackupCodes

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


def answer(site: "AdminSite", request: HttpRequest) -> HttpResponseBase:
    """New codes are made for whoever shows a code once more: a screen left open is not enough."""
    user = request.user
    assert isinstance(user, User), "admin lets nobody else in"
    if is_locked(request, user):
        return locked_out(request, None, {"username": user.get_username()})
    form, codes = CodeForm(request.POST or None), list[str]()
    if form.is_valid():
        codes = _renewed(request, user, form)
    kept = BackupCodes.objects.filter(user=user).first()
    context = {
        **site.each_context(request),
        "title": "Two-factor login",
        "form": form,
        "codes": codes,
        "authenticator": Authenticator.objects.filter(user=user, confirmed=True).first(),
        "left": kept.left if kept else 0,
    }
    return TemplateResponse(request, "staff/two_factor.html", context)


def _renewed(request: HttpRequest, user: User, form: CodeForm) -> list[str]:
    try:
        if matched(user, form.cleaned_data["code"]) is not None:
            return BackupCodes.renewed(user)
    except Wait as error:
        form.add_error("code", str(error))
    else:
        note_failure(request, user)
        form.add_error("code", WRONG)
    return []
