"""The second step of whoever has no authenticator app yet: scan, prove, keep the backup codes."""

from base64 import b32encode
from typing import TYPE_CHECKING

import qrcode
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage

from staff.login import pending
from staff.login.proof import WRONG, CodeForm, Wait, taken
from staff.login.steps import log_in, whoever_waits
from staff.models import Authenticator, BackupCodes, enrolled

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


def answer(site: "AdminSite", request: HttpRequest) -> HttpResponseBase:
    """Backup codes go from here into one answer, and nowhere else."""
    user = whoever_waits(site, request)
    if isinstance(user, HttpResponseBase):
        return user
    if enrolled(user):
        return redirect("admin:login_code")
    device, form = _device(request, user), CodeForm(request.POST or None)
    if form.is_valid() and _confirmed(device, form):
        codes = BackupCodes.renewed(user)
        to = log_in(request, user, device)
        context = {**site.each_context(request), "title": "Backup codes", "codes": codes, "to": to}
        return TemplateResponse(request, "staff/codes_first.html", context)
    context = {**site.each_context(request), "title": "Set up your second factor", "form": form, **_shown(device)}
    return TemplateResponse(request, "staff/enrol.html", context)


def _device(request: HttpRequest, user: User) -> Authenticator:
    """Of this very log-in: whoever else knew the password meanwhile must not know the secret of what is confirmed."""
    made: Authenticator | None = Authenticator.objects.filter(
        pk=pending.device(request), user=user, confirmed=False
    ).first()
    if made is None:
        Authenticator.objects.filter(user=user, confirmed=False).delete()
        made = Authenticator.objects.create(user=user, name="authenticator app", confirmed=False)
        pending.note_device(request, made.pk)
    return made


def _confirmed(device: Authenticator, form: CodeForm) -> bool:
    """Whether the app shows what it should; tells in the form when not."""
    try:
        with transaction.atomic():
            locked = Authenticator.objects.select_for_update().get(pk=device.pk)
            right = taken(locked, form.cleaned_data["code"])
            if right:
                locked.confirmed = device.confirmed = True
                locked.save(update_fields=["confirmed"])
    except Wait as error:
        form.add_error("code", str(error))
        return False
    if not right:
        form.add_error("code", WRONG)
    return right


def _shown(device: Authenticator) -> dict[str, str]:
    """The secret for a camera, and for fingers."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    spaced = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return {"picture": _picture(device.config_url), "secret": spaced, "address": device.config_url}


def _picture(text: str) -> SafeString:
    code = qrcode.make(text, image_factory=SvgPathImage, border=2, box_size=10)
    return mark_safe(str(code.to_string(encoding="unicode")))  # noqa: S308 - drawn here, of modules alone
