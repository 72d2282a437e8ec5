"""The published examples, word for word, with the address of this server and a key filled in.

They are the contract: integrators compare them with what they have. Only host and key may change.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

FOLDER = Path(__file__).parent / "published"
PUBLISHED_HOSTS = ("https://api.iralpha.core88.ai", "https://sku-classification-router.fly.dev")
PLACEHOLDER = "your-api-key-here"
LANGUAGES = (("curl", "cURL", "bash"), ("python", "Python", "python"), ("javascript", "JavaScript", "javascript"))


@dataclass(frozen=True)
class Example:
    """name: as in the file and in the page's anchor; title: for people; html: the code, coloured."""

    name: str
    title: str
    code: str

    @property
    def html(self) -> SafeString:
        lexer = {name: lexer for name, _, lexer in LANGUAGES}[self.name]
        return coloured(self.code, lexer)


def examples(version: str, address: str, key: str) -> list[Example]:
    """version: v1 or v2; address: scheme and host, without a slash at the end."""
    return [
        Example(name, title, _filled_in(_published(f"{version}-{name}"), address, key or PLACEHOLDER))
        for name, title, _ in LANGUAGES
    ]


def _filled_in(text: str, address: str, key: str) -> str:
    for host in PUBLISHED_HOSTS:
        text = text.replace(host, address)
    return text.replace(PLACEHOLDER, key)


@cache
def _published(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text()


def coloured(code: str, language: str) -> SafeString:
    """Pygments escapes what it wraps."""
    html: str = highlight(code, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    return mark_safe(html.rstrip("\n"))  # noqa: S308
