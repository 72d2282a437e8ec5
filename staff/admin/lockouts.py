"""Failed log-ins of the last minutes. Deleting those of a person, or of an address, lets them try again at once."""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from staff.admin.superusers import SuperusersOnly
from staff.lockout import forget, locks, with_those_of_the_address
from staff.theme import ModelAdmin


@admin.register(AccessAttempt)
class LockoutAdmin(SuperusersOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("username", "ip_address", "failures_since_start", "locked", "attempt_time")
    search_fields = ("username", "ip_address")
    fields = ("username", "ip_address", "failures_since_start", "locked", "attempt_time", "user_agent")
    readonly_fields = fields

    @admin.display(boolean=True, description="locked out")
    def locked(self, attempt: AccessAttempt) -> bool:
        return locks(attempt)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        attempts: QuerySet[Any] = with_those_of_the_address(super().get_queryset(request))
        return attempts

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        forget(AccessAttempt.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        forget(AccessAttempt.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))))

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
