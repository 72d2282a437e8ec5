"""Which address a request comes from, believing only the proxies the operator has named."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def _parsed(entry: str) -> str | None:
    """An address as proxies write it, with or without brackets and port; None when it is none."""
    entry = entry.strip()
    bracketed = entry.startswith("[")
    host = entry[1:].partition("]")[0] if bracketed else entry
    if not bracketed and entry.count(":") == 1:
        host = entry.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def client_address(request: HttpRequest) -> str:
    """REMOTE_ADDR or, behind N trusted proxies, the N-th X-Forwarded-For entry from the right.

    Entries further left were written by the client and prove nothing.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return direct
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(entries) < settings.TRUSTED_PROXIES:
        return direct
    return _parsed(entries[-settings.TRUSTED_PROXIES]) or direct


def address_block(request: HttpRequest) -> str:
    """What one client holds: an IPv4 address, or the /64 network of an IPv6 one."""
    address = client_address(request)
    try:
        is_v6 = isinstance(ip_address(address), IPv6Address)
    except ValueError:
        return address or "unknown"
    return str(ip_network(f"{address}/64", strict=False)) if is_v6 else address
