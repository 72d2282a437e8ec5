"""Admin as this service has it: nobody sees a page of it who has not proven two factors."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from staff.login import code, codes, enrolment, password

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
else:
    from unfold.sites import UnfoldAdminSite as AdminSite

secret = method_decorator([never_cache, sensitive_post_parameters()])


def proven(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor, where one is asked for."""
    return not settings.STAFF_TWO_FACTOR or bool(getattr(request.user, "is_verified", lambda: False)())


class StaffSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and proven(request)

    def get_urls(self) -> list[Any]:
        own: list[URLPattern | URLResolver] = [
            path("login/code/", self.code, name="login_code"),
            path("login/enrol/", self.enrol, name="login_enrol"),
            path("two-factor/", self.admin_view(self.two_factor), name="two_factor"),
        ]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        if settings.STAFF_TWO_FACTOR and self.has_permission(request):
            own = {"title": "Two-factor login", "link": reverse("admin:two_factor")}
            context["account_links"] = [*context.get("account_links", ()), own]
        return context

    @secret
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """User name and password; the second factor is asked for on a page of its own."""
        return password.answer(self, request, extra_context or {})

    @secret
    def code(self, request: HttpRequest) -> HttpResponseBase:
        return code.answer(self, request)

    @secret
    def enrol(self, request: HttpRequest) -> HttpResponseBase:
        return enrolment.answer(self, request)

    @secret
    def two_factor(self, request: HttpRequest) -> HttpResponseBase:
        return codes.answer(self, request)
