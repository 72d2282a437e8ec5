"""Usage as a table for invoices: what the ledger says, to the unit."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from tenants.models import UsageMonth

COLUMNS = ("month", "tenant", "slug", "contact e-mail", "quota today", "top-ups", "used", "in flight")
BOM = "\ufeff"
"""Without it, spreadsheets read names in Arabic as Latin letters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(months: Iterable[UsageMonth]) -> Iterator[str]:
    """Lines, the columns' names first. The tenants of the months are to be loaded with them."""
    yield BOM + _line(COLUMNS)
    for month in months:
        tenant = month.tenant
        about = (f"{month.month:%Y-%m}", *map(_harmless, (tenant.name, tenant.slug, tenant.contact_email)))
        yield _line((*about, tenant.monthly_quota, month.extra, month.used, month.in_flight))


def _harmless(text: str) -> str:
    """A spreadsheet would compute a name that begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[object]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
