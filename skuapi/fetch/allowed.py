"""The hosts of the own network that an operator, never a tenant, has opened: `settings.FETCH_ALLOWED_HOSTS`."""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from skuapi.fetch.refusal import UrlRefused
from skuapi.fetch.url import Target, parse_authority


def is_allowed(target: Target) -> bool:
    """`host` opens that host on the standard port of the scheme, `host:port` on that port only."""
    opened = read_entries(tuple(settings.FETCH_ALLOWED_HOSTS))
    return (target.host, target.port) in opened or (target.on_standard_port and (target.host, None) in opened)


@lru_cache(maxsize=8)
def read_entries(entries: tuple[str, ...]) -> frozenset[tuple[str, int | None]]:
    return frozenset(_read(entry) for entry in entries if entry.strip())


def _read(entry: str) -> tuple[str, int | None]:
    try:
        return parse_authority(entry.strip())
    except UrlRefused as error:
        raise ImproperlyConfigured(
            f"FETCH_ALLOWED_HOSTS has {entry!r}: write `host` or `host:port`, IPv6 addresses in brackets."
        ) from error
