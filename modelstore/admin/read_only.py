"""Rows come from bundles: nobody types a release. What staff may do to one is a button, and a permission."""

from django.http import HttpRequest


class ReadOnlyAdmin:
    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def allowed(request: HttpRequest, permission: str) -> bool:
    """permission: `add_release` or `change_release`."""
    return bool(getattr(request.user, "has_perm", lambda _: False)(f"modelstore.{permission}"))


def user_name(request: HttpRequest) -> str:
    """As the audit trail names whoever is logged in."""
    return str(getattr(request.user, "username", ""))
