"""A URL is read once, strictly; what is connected to is what was read, so no second reading can differ."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

from skuapi.fetch.refusal import UrlRefused

STANDARD_PORTS = {"http": 80, "https": 443}
MAX_URL = 8_192

# Half a surrogate pair, which JSON can smuggle into a string, has no encoding.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
# No user info, no zone, no percent-encoding, nothing after the bracket but a port.
_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<name>[^\s\[\]:@%<>]+))(?::(?P<port>[0-9]{0,5}))?")
_NAME = re.compile(r"(?!.{254})(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# As browsers do: a last label that is a number makes the whole host an IPv4 address in some notation.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_SAFE = "%/:@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class Target:
    """`host`: a lower-case ASCII name or a canonical IP address, without brackets or trailing dot."""

    scheme: str
    host: str
    port: int
    path: str  # with the query, percent-encoded

    @property
    def on_standard_port(self) -> bool:
        return self.port == STANDARD_PORTS[self.scheme]

    def join(self, location: str) -> "Target":
        """Where a redirect leads, read as strictly as the first URL. Header bytes arrive as Latin-1."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        try:
            text = location.encode("latin-1").decode("utf-8")
            return parse_url(urljoin(f"{self.scheme}://{host}:{self.port}{self.path}", text))
        except ValueError as error:
            raise UrlRefused("a redirect that cannot be read") from error


def parse_url(url: str) -> Target:
    """Raises UrlRefused, an ImageUrlUnusable."""
    if len(url) > MAX_URL or _FORBIDDEN.search(url):
        raise UrlRefused("too long, or has control characters, backslashes or half characters")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UrlRefused(f"no URL: {error}") from error
    if parts.scheme not in STANDARD_PORTS:
        raise UrlRefused("neither http nor https")
    host, port = parse_authority(parts.netloc)
    path = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        path += "?" + quote(parts.query, safe=_SAFE + "?")
    return Target(parts.scheme, host, port or STANDARD_PORTS[parts.scheme], path)


def parse_authority(text: str) -> tuple[str, int | None]:
    """`host[:port]` -> the canonical host and the port, None where none is written."""
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise UrlRefused("user info, or no host that can be read in one way only")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65_536:
        raise UrlRefused("no such port")
    return (_ipv6(found["v6"]) if found["v6"] else _name(found["name"])), port


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except AddressValueError as error:
        raise UrlRefused("no IPv6 address") from error


def _name(text: str) -> str:
    name = _ascii(text).removesuffix(".")
    if _NAME.fullmatch(name) is None:
        raise UrlRefused("no host name")
    if _NUMERIC.fullmatch(name):
        return _ipv4(name)
    return name


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text[:254], uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise UrlRefused("no international host name") from error


def _ipv4(text: str) -> str:
    """Four decimal numbers only: hexadecimal, octal and short forms mean different hosts to different readers."""
    try:
        return str(IPv4Address(text))
    except AddressValueError as error:
        raise UrlRefused("an IPv4 address in an unusual notation") from error
