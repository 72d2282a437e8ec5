"""What staff send and read in admin."""

import re
from html import unescape
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tenants.models import Tenant


def no_rows(*inlines: str) -> dict[str, Any]:
    """What a form says of its tables that nobody has filled in."""
    return {f"{inline}-{field}": 0 for inline in inlines for field in ("TOTAL_FORMS", "INITIAL_FORMS")}


def key_form(tenant: Tenant, **fields: Any) -> dict[str, Any]:
    empty = {
        "expires_at_0": "",
        "expires_at_1": "",
        "api_version": "",
        "burst_limit_per_minute": "",
        "allowed_networks": "",
    }
    empty |= no_rows("pins")
    return {"tenant": tenant.pk, "label": "tills", **empty, **fields}


def tenant_form(**fields: Any) -> dict[str, Any]:
    empty = no_rows("keys", "usage_months", "pins", "requests")
    return {"name": "Gamma", "slug": "", "monthly_quota": 500, "is_active": "on", **empty, **fields}


def history(staff: Client, row: Model) -> list[tuple[str, str]]:
    """The History page of a row, as it is read: who, and what of what was changed from what to what."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    table = staff.get(address).content.decode().partition('id="trail"')[2].partition("</tbody>\n</table>\n</div>")[0]
    lines = [line.split('<td class="align-top block') for line in table.split('<tr class="block')[1:]]
    return [(_text("<" + who).split(" ")[0], _text("<".join(("", *told)))) for _, _, who, *told in lines]


def _text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
