"""Issues a key. Its text is printed now and can never be shown again."""

from typing import Any

from django.core.management.base import CommandParser

from tenants.keys import issue
from tenants.management.answering import AnsweringCommand, tenant_named
from tenants.management.key_command import moment
from tenants.models import ApiKey, Scope


class Command(AnsweringCommand):
    help = "Issues an API key for a tenant and prints it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the tenant")
        parser.add_argument("--scopes", nargs="+", default=[], help=f"of {', '.join(Scope.values)}; all unless given")
        parser.add_argument("--api-version", choices=ApiKey.Version.values, help="pins the response format")
        parser.add_argument("--test", action="store_true", help="a test key: never billed, few requests a day")
        parser.add_argument("--networks", nargs="+", default=[], help="addresses or blocks it may be used from, or all")
        parser.add_argument("--monthly-cap", type=int, help="units of the tenant's quota it may use in a month")
        parser.add_argument("--expires-at", type=moment, help="2026-12-31T18:00, UTC unless it has an offset")
        parser.add_argument("--label", default="", help="what the key is for")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant = tenant_named(options["slug"])
        key, text = issue(
            tenant,
            scopes=[scope for part in options["scopes"] for scope in part.split(",") if scope],
            api_version=options["api_version"],
            is_test=options["test"],
            allowed_networks="\n".join(options["networks"]),
            expires_at=options["expires_at"],
            monthly_cap=options["monthly_cap"],
            label=options["label"],
        )
        return {"key": text, "id": key.key_id, "tenant": tenant.slug}
