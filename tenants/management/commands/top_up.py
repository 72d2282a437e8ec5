"""Gives a tenant units beyond its quota, for this month alone."""

from typing import Any

from django.core.management.base import CommandParser

from tenants.management.answering import AnsweringCommand, tenant_named
from tenants.quota import top_up


class Command(AnsweringCommand):
    help = "Gives a tenant units beyond its monthly quota, for this month (UTC) alone."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the tenant")
        parser.add_argument("units", type=int, help="a negative number, after --, takes some of them back")
        parser.add_argument("--reason", required=True, help="kept with the top-up, for whoever asks later")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant = tenant_named(options["slug"])
        usage = top_up(tenant, options["units"], options["reason"], "command line")
        return {"tenant": tenant.slug, "month": f"{usage.month:%Y-%m}", "limit": usage.limit, "used": usage.used}
