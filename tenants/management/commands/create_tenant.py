"""Creates a tenant."""

from typing import Any

from django.core.management.base import CommandParser

from tenants.management.answering import AnsweringCommand
from tenants.models import Tenant


class Command(AnsweringCommand):
    help = "Creates a tenant with a monthly quota."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name")
        parser.add_argument("--quota", type=int, required=True, help="successful requests per calendar month")
        parser.add_argument("--email", default="", help="where reports go")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant = Tenant(name=options["name"], monthly_quota=options["quota"], contact_email=options["email"])
        tenant.full_clean()
        tenant.save()
        return {"slug": tenant.slug, "name": tenant.name, "quota": tenant.monthly_quota}
