"""Which IP addresses count as the public internet. A pure function; nothing here talks to the network."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# `is_global` says yes to several of these, and its table changes with the Python release.
_REFUSED_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; metadata services of some clouds
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, reachable from every machine there
        "169.254.0.0/16",  # link-local; metadata services of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]

# Everything outside this block is loopback, local, multicast or a wrapped IPv4 address (mapped,
# compatible, NAT64): none of them is needed to reach a public host.
_UNICAST_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = [
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries an IPv4 address of anybody's choice
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
]
_ISATAP = 0x00005EFE  # in the interface identifier, before an IPv4 address; bit 0x02000000 may be set


def is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _REFUSED_V4)
    return _is_public_v6(address)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _UNICAST_V6 or not address.is_global:
        return False
    if (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:
        return False
    return not any(address in network for network in _REFUSED_V6)
