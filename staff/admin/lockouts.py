"""Failed log-ins of the last minutes. Deleting one lets its person try again at once."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from staff.admin.superusers import SuperusersOnly
from staff.theme import ModelAdmin


@admin.register(AccessAttempt)
class LockoutAdmin(SuperusersOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("username", "ip_address", "failures_since_start", "locked", "attempt_time")
    search_fields = ("username", "ip_address")
    fields = ("username", "ip_address", "failures_since_start", "locked", "attempt_time", "user_agent")
    readonly_fields = fields

    @admin.display(boolean=True, description="locked out")
    def locked(self, attempt: AccessAttempt) -> bool:
        return bool(attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
