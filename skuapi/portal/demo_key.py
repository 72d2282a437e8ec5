"""The demo's own key, shown to whoever sits at the machine that serves the demo, and to nobody else."""

import json
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

# A proxy in front means that the visitor is somewhere else, however local the connection looks.
SIGNS_OF_A_PROXY = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


def demo_key(request: HttpRequest, name: str = "api_key") -> str:
    """The key of that name in the demo's file; empty where it may not be shown or there is none."""
    found = _secrets().get(name, "") if is_at_this_machine(request) else ""
    return found if isinstance(found, str) else ""


def is_at_this_machine(request: HttpRequest) -> bool:
    """Host names can be forged, so the installation, the name and the peer's address must all agree."""
    host, _ = split_domain_port(request.get_host())
    return (
        settings.SERVES_LOOPBACK_ONLY
        and host in settings.LOOPBACK_HOSTS
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.headers for name in SIGNS_OF_A_PROXY)
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _secrets() -> dict[str, Any]:
    try:
        stored = json.loads(settings.DEMO_SECRETS_FILE.read_text())
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
