"""What tenants were told about their quota."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from database.queue import enqueue
from staff.theme import ModelAdmin
from tenants.admin.permanence import ReadOnly
from tenants.models import QuotaNotice


@admin.register(QuotaNotice)
class QuotaNoticeAdmin(ReadOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("tenant", "share", "limit", "noted_at", "sent_to", "sent_at", "not_sent")
    list_filter = ("share", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = ("month__tenant__name", "month__tenant__slug", "sent_to")
    list_select_related = ("month__tenant",)
    actions = ("send_again",)

    @admin.display(ordering="month__tenant__name")
    def tenant(self, notice: QuotaNotice) -> str:
        return notice.month.tenant.name

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whoever may change whom it goes to."""
        return request.user.has_perm("tenants.change_tenant")

    @admin.action(description="Send those that were not sent", permissions=["send"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[QuotaNotice]) -> None:
        waiting = list(chosen.filter(sent_at=None))
        for notice in waiting:
            enqueue("tenants.notices.send", notice.pk)
        self.message_user(request, f"{len(waiting)} handed to the worker.", messages.SUCCESS)
