"""What tenants were told about their quota."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from database.queue import enqueue
from staff.audit import note
from staff.moves import Move, Moves
from staff.permitted import may
from staff.theme import RowFilter
from tenants.admin.permanence import ReadOnly
from tenants.models import QuotaNotice


@admin.register(QuotaNotice)
class QuotaNoticeAdmin(ReadOnly, Moves):
    moves = {"send": Move("Send what was not sent", "The worker tries the e-mail once more.")}
    list_display = ("tenant", "share", "limit", "noted_at", "sent_to", "sent_at", "not_sent")
    list_filter = (("month__tenant", RowFilter), "share", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = ("month__tenant__name", "month__tenant__slug", "sent_to")
    list_select_related = ("month__tenant",)

    @admin.display(ordering="month__tenant__name")
    def tenant(self, notice: QuotaNotice) -> str:
        return notice.month.tenant.name

    def may_move(self, request: HttpRequest, move: str) -> bool:
        """It writes to a customer: whoever only looks may not."""
        return may(request, "tenants.change_tenant")

    def movable(self, rows: QuerySet[QuotaNotice], move: str) -> QuerySet[QuotaNotice]:
        return rows.filter(sent_at=None).select_related("month__tenant")

    def make_move(self, request: HttpRequest, rows: list[QuotaNotice], move: str, said: dict[str, Any]) -> None:
        for notice in rows:
            with transaction.atomic():
                note(notice, "Handed to the worker once more.")
                enqueue("tenants.notices.send", notice.pk)
        self.message_user(request, f"{len(rows)} handed to the worker.", messages.SUCCESS)
