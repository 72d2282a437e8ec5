"""Erases a tenant and everything that is stored about it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.erasure import erase
from tenants.invoicing import as_csv
from tenants.management.answering import AnsweringCommand, tenant_named
from tenants.models import Tenant


class Command(AnsweringCommand):
    in_one_transaction = False
    help = "Erases a tenant with its keys, usage, requests and history, for good. Its keys are refused at once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the tenant")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--export", type=Path, metavar="FILE", help="write its usage per month as CSV first")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant = tenant_named(options["slug"])
        if not options["yes"]:
            self._ask(tenant)
        if options["export"]:
            _export(tenant, options["export"])
        return {"slug": tenant.slug, "erased": erase(tenant)}

    def told(self, answer: dict[str, Any]) -> str:
        rows = [f"  {label}: {count}" for label, count in sorted(answer["erased"].items())]
        return "\n".join([f"{answer['slug']} is erased. Rows deleted:", *rows])

    def _ask(self, tenant: Tenant) -> None:
        question = f"Erase {tenant.name} with everything stored about it? There is no way back. Its slug, to go on: "
        try:
            typed = input(question)
        except EOFError:
            typed = ""
        if typed.strip() != tenant.slug:
            raise CommandError("Nothing was erased. Type the slug as it is, or give --yes.")


def _export(tenant: Tenant, file: Path) -> None:
    """Bills may have to be kept for longer than the tenant. A file that is there already is not overwritten."""
    months = tenant.usage_months.select_related("tenant").order_by("month")
    try:
        with file.open("x", encoding="utf-8", newline="") as out:
            out.writelines(as_csv(months))
    except OSError as error:
        raise CommandError(f"Nothing was erased: {file} cannot be written ({error.strerror}). Name another.") from error
