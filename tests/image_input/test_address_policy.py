"""Which addresses are public: the table an attacker would try, and a few that must keep working."""

from ipaddress import ip_address

import pytest

from skuapi.fetch.addresses import is_public

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255",
    "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::200e", "2400:cb00::1", "2620:fe::fe",
]  # fmt: skip

FORBIDDEN = {
    "unspecified and this network": ["0.0.0.0", "0.0.0.1", "0.255.255.255", "::"],
    "loopback": ["127.0.0.1", "127.0.0.0", "127.1.2.3", "127.255.255.255", "::1"],
    "private": ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"],
    "unique local": ["fc00::", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "link-local": ["169.254.0.0", "169.254.255.255", "fe80::1", "febf::1", "fe80::1%1", "2606:4700::1%1"],
    "site-local": ["fec0::1", "feff::1"],
    "metadata services": [
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
    ],
    "shared by carriers": ["100.64.0.0", "100.127.255.255"],
    "protocol assignments": ["192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.0.255", "2001:1::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"],
    "benchmarks": ["198.18.0.0", "198.19.255.255", "2001:2::1"],
    "relays": ["192.88.99.0", "192.88.99.1", "192.88.99.255"],
    "multicast": ["224.0.0.0", "224.0.0.251", "233.252.0.1", "239.255.255.255", "ff00::", "ff02::1", "ff0e::1"],
    "reserved and broadcast": ["240.0.0.0", "240.0.0.1", "255.255.255.254", "255.255.255.255", "4000::1", "5f00::1"],
    "IPv4 mapped into IPv6": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"],
    "IPv4 compatible with IPv6": ["::127.0.0.1", "::7f00:1", "::8.8.8.8"],
    "IPv4 translated": ["::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "2002:808:808::1"],
    "Teredo": ["2001::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "ORCHID": ["2001:10::1", "2001:20::1"],
    "ISATAP": ["2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "fe80::5efe:192.168.0.1"],
    "discard and dummy": ["100::1", "100:0:0:1::1"],
    "former 6bone": ["3ffe::1"],
}  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_asked(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", [address for addresses in FORBIDDEN.values() for address in addresses])
def test_no_other_address_may_be_asked(text: str) -> None:
    assert not is_public(ip_address(text))
