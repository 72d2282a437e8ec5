"""The first step: user name and password."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from staff.login import pending
from staff.models import enrolled

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


class PasswordStep(LoginView):
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """With a second factor to come, nobody is logged in yet."""
        if not settings.STAFF_TWO_FACTOR:
            return super().form_valid(form)
        user = form.get_user()
        pending.begin(self.request, user, self.get_success_url())
        return redirect("admin:login_code" if enrolled(user) else "admin:login_enrol")


def answer(site: "AdminSite", request: HttpRequest, extra: dict[str, Any]) -> HttpResponseBase:
    if request.method == "GET" and site.has_permission(request):
        return redirect("admin:index")
    context = {
        **site.each_context(request),
        "title": "Log in",
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
        **extra,
    }
    form = site.login_form
    return PasswordStep.as_view(extra_context=context, authentication_form=form)(request)
