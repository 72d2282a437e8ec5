"""Which address a request comes from, believing only the proxies the operator has named."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def _parsed(entry: str) -> str | None:
    """An address as servers and proxies write it, with or without brackets, port and zone; None when it is none.

    IPv4 as a listener on both versions writes it (::ffff:203.0.113.7) is IPv4.
    """
    entry = entry.strip()
    bracketed = entry.startswith("[")
    host = entry[1:].partition("]")[0] if bracketed else entry
    if not bracketed and entry.count(":") == 1:
        host = entry.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def client_address(request: HttpRequest) -> str:
    """REMOTE_ADDR or, behind N trusted proxies, the N-th X-Forwarded-For entry from the right.

    Entries further left were written by the client and prove nothing.
    """
    told = str(request.META.get("REMOTE_ADDR", ""))
    direct = _parsed(told) or told
    if not settings.TRUSTED_PROXIES:
        return direct
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(entries) < settings.TRUSTED_PROXIES:
        return direct
    return _parsed(entries[-settings.TRUSTED_PROXIES]) or direct
