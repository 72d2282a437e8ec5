"""Which address a request comes from, by the function that the settings name, and under which its failures count."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@cache
def _taken_by(name: str) -> Callable[[HttpRequest], str]:
    found: Callable[[HttpRequest], str] = import_string(name)
    return found


def client_address(request: HttpRequest) -> str | None:
    """None where the server was told none, as on a socket of its own machine."""
    try:
        return str(ip_address(_taken_by(settings.CLIENT_ADDRESS)(request)))
    except ValueError:
        return None


def counted_address(request: HttpRequest) -> str | None:
    """Under which address failures are counted: of IPv6 the first of the /64, since one client has all of these."""
    address = client_address(request)
    if address is None or not isinstance(ip_address(address), IPv6Address):
        return address
    return str(ip_network(f"{address}/64", strict=False).network_address)
