"""Tells what a tenant has used of a month."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from tenants.management.answering import AnsweringCommand, tenant_named
from tenants.management.months import month
from tenants.models.usage import month_of
from tenants.quota import history, usage_of


class Command(AnsweringCommand):
    help = "Prints what a tenant has used of a month (UTC), this one unless told otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the tenant")
        parser.add_argument("--month", type=month, help="YYYY-MM")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant, wanted = tenant_named(options["slug"]), options["month"] or month_of(timezone.now())
        now = usage_of(tenant)
        used = {past.month: past.used for past in history(tenant)}
        answer = {"tenant": tenant.slug, "month": f"{wanted:%Y-%m}", "used": used.get(wanted, 0)}
        if wanted == now.month:
            answer |= {"limit": now.limit, "in_flight": now.in_flight, "remaining": now.remaining}
        return answer
