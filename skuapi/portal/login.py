"""Log in with an API key, once, for the pages; the session remembers which key, never its text."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from skuapi.errors import error_response, headers_of, prefers_html, status_of
from skuapi.portal.demo_key import demo_key
from skuapi.portal.page import Page
from tenants.authentication import SESSION_KEY, authenticate_text
from tenants.errors import KeyUnknown, TenantError
from tenants.models import ApiKey


class KeyForm(forms.Form):
    api_key = forms.CharField(max_length=500, required=False)


@method_decorator([never_cache, sensitive_post_parameters("api_key")], name="dispatch")
class LoginPage(Page):
    template_name = "portal/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=safe_next(self.request), demo_key=demo_key(self.request), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        text = form.cleaned_data["api_key"] if form.is_valid() else ""
        try:
            _, key = authenticate_text(request, [text])
        except TenantError as error:
            return self._refused(error)
        remember(request, key)
        return redirect(safe_next(request))

    def _refused(self, error: TenantError) -> HttpResponse:
        """The form again, with the reason and the status the API would answer."""
        status = status_of(error)
        unknown = isinstance(error, KeyUnknown)
        context = self.get_context_data(problem="" if unknown else str(error), unknown=unknown)
        return self.render_to_response(context, status=status, headers=headers_of(error, status))


class LogoutPage(Page):
    """By POST alone: a link or a picture on another page must log nobody out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        forget(request)
        return redirect(reverse("login"))


def remember(request: HttpRequest, key: ApiKey) -> None:
    """A new session id, so that whoever planted the old one has nothing."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = key.pk
    rotate_token(request)


def forget(request: HttpRequest) -> None:
    """Staff who are logged in to the admin by the same session stay so."""
    request.session.pop(SESSION_KEY, None)
    if request.session.keys():
        request.session.cycle_key()
    else:
        request.session.flush()


def safe_next(request: HttpRequest) -> str:
    """Where to go after the login: a page of this host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=own, require_https=request.is_secure()):
        return wanted
    return reverse("predict")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without a valid token, in our words."""
    refusal = error_response(PermissionDenied())
    return render(request, "403_csrf.html", status=refusal.status_code) if prefers_html(request) else refusal
