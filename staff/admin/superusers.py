"""Pages about who may do what: whoever could change these could make themselves anything."""

from django.http import HttpRequest


def is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False) and request.user.is_active)


class SuperusersOnly:
    """Whatever permissions somebody was given."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_superuser(request)
