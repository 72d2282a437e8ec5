"""The only outbound HTTP of the service: the bytes behind a URL that a stranger sent.

A request goes one way through small steps: `url` reads the text once, `addresses` and `allowed` say where
it may go, `resolver` asks DNS once, `connection` dials a checked address, `download` reads the answer,
and `deadline` bounds all of it together.
"""

from skuapi.fetch.download import fetch
from skuapi.fetch.url import Target, parse_url

__all__ = ["Target", "fetch", "parse_url"]
