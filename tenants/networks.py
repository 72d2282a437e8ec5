"""Networks from which a key may be used: one address or CIDR block a line, of either version of IP."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.core.exceptions import ValidationError

Network = IPv4Network | IPv6Network


def validate_networks(text: str) -> None:
    """A block with bits below its mask is refused: it is a typing error, or means another block."""
    for line in text.split():
        try:
            ip_network(line)
        except ValueError as error:
            raise ValidationError(
                f"{line} is no network ({error}). Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32, one a line."
            ) from error


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(line) for line in text.split())


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def allows(text: str, address: str) -> bool:
    """Whether the address lies in one of the networks; no network at all allows every address."""
    networks = _parsed(text)
    if not networks:
        return True
    if not is_address(address):
        return False  # a socket of this machine, say, which has none
    found = ip_address(address)
    return any(found in network for network in networks)
