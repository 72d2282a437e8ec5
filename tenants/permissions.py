"""What a key may be used for."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.authentication import refuse_unknown
from tenants.errors import KeyRefused, Refusal
from tenants.models import ApiKey
from tenants.throttling import count_refused_key


def scope_missing(key: ApiKey, scope: str) -> KeyRefused:
    held = ", ".join(key.scopes)
    message = f"This API key may be used for {held} only. Use a key with the scope {scope}."
    return KeyRefused(Refusal.SCOPE_MISSING, message)


class HasScope(BasePermission):
    """Demands a key and, where the view names a `required_scope`, that the key has it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if hasattr(view, "response"):
            # The answer stands already; DRF's HTML page only asks which forms to offer beside it.
            return self._allows(request, view)
        if not isinstance(request.auth, ApiKey):
            raise refuse_unknown(request._request)
        if not self._allows(request, view):
            count_refused_key(request._request, request.auth)
            raise scope_missing(request.auth, view.required_scope)
        return True

    def _allows(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "required_scope", None)
        return isinstance(request.auth, ApiKey) and (scope is None or request.auth.has_scope(scope))
