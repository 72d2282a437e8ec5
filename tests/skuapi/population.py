"""Tenants, keys and releases in every state a contract speaks of, written into one installation.

Run with the environment of a site: reads a JSON specification from stdin, prints the keys by name.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django

# Every tenant holds one key of the same name, and further keys under names of their own.
TENANTS: Final[dict[str, dict[str, Any]]] = {
    "alpha": {"allowed_origins": "https://shop.example\nhttps://till.example:8443"},
    "beta": {"allowed_origins": "https://beta.example"},
    "open": {"allowed_origins": "*"},
    "restricted": {"restrict_models": True},
    "inactive": {"is_active": False},
    "exhausted": {"monthly_quota": 2},
    "hundred": {"monthly_quota": 100},
    **{f"one_{letter}": {"monthly_quota": 1} for letter in "abcd"},
    "five": {"monthly_quota": 5},
    "counted": {"monthly_quota": 50},
    "hasty": {"request_timeout": 0.001},
    "burst": {"burst_limit_per_minute": 3},
}
KEYS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "alpha_v1": ("alpha", {"api_version": "1.0"}),
    "suspended": ("alpha", {"state": "suspended"}),
    "revoked": ("alpha", {"state": "revoked"}),
    "expired": ("alpha", {"days": -1}),
    "status_only": ("alpha", {"scopes": ["status"]}),
    "predict_only": ("alpha", {"scopes": ["predict"]}),
    "roboflow_only": ("alpha", {"scopes": ["roboflow"]}),
    "elsewhere": ("alpha", {"allowed_networks": "203.0.113.0/24"}),
    "capped": ("alpha", {"monthly_cap": 3}),
    "burst_key": ("alpha", {"burst_limit_per_minute": 3}),
    "test": ("alpha", {"is_test": True}),
}


def _tenant(name: str, options: dict[str, Any]) -> Any:
    from tenants.models import Tenant

    return Tenant.objects.create(name=name, **{"monthly_quota": 100_000, "burst_limit_per_minute": 0, **options})


def _key(tenant: Any, options: dict[str, Any]) -> str:
    from django.utils import timezone

    from tenants.keys import issue

    days = options.pop("days", None)
    expiry = {"expires_at": timezone.now() + timedelta(days=days)} if days else {}
    return issue(tenant, **{"burst_limit_per_minute": 0, **options, **expiry})[1]


def _use_up(tenant: Any) -> None:
    from tenants.quota import reserve

    for _ in range(tenant.monthly_quota):
        reserve(tenant.keys.first()).settle()


def _publish(folders: list[str]) -> None:
    """In the order given, each at once active; proven by the tests that ask them."""
    from modelstore.publishing import activate, publish

    for folder in folders:
        activate(publish(Path(folder)), lambda manifest: None)


def populate(bundles: list[str]) -> dict[str, str]:
    from modelstore.models import ModelLine

    _publish(bundles)
    tenants = {name: _tenant(name, options) for name, options in TENANTS.items()}
    keys = {name: _key(tenant, {}) for name, tenant in tenants.items()}
    keys |= {name: _key(tenants[owner], dict(options)) for name, (owner, options) in KEYS.items()}
    tenants["restricted"].allowed_lines.set(ModelLine.objects.filter(brand="ONE"))
    _use_up(tenants["exhausted"])
    return keys


if __name__ == "__main__":
    django.setup()
    print(json.dumps(populate(json.load(sys.stdin))))
