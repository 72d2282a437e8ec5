"""What every page of the portal shares."""

from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.views.generic import TemplateView
from rest_framework.exceptions import MethodNotAllowed

from skuapi.errors import error_response


class Page(TemplateView):
    """A wrong method is answered as everywhere else: in JSON, with the methods that are allowed."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseNotAllowed:
        refusal = error_response(MethodNotAllowed(request.method or ""))
        allowed = [name.upper() for name in self.http_method_names if hasattr(self, name)]
        return HttpResponseNotAllowed(allowed, refusal.content, content_type="application/json")
