"""Writes the usage of a month as CSV, for invoices."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenants.invoicing import as_csv
from tenants.management.months import month
from tenants.models import UsageMonth


class Command(BaseCommand):
    help = "Prints what every tenant has used of a month (UTC) as CSV, in UTF-8 with a byte order mark."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=month, help="YYYY-MM")

    def handle(self, *args: Any, month: date, **options: Any) -> None:
        months = UsageMonth.objects.select_related("tenant").filter(month=month).order_by("tenant__name", "pk")
        for line in as_csv(months.iterator()):
            self.stdout.write(line, ending="")
