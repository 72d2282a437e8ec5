"""The examples as the pages of a running server show them."""

from html.parser import HTMLParser

import requests


class _Examples(HTMLParser):
    """Collects the text of every `<code data-example="...">`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "code":
            self._name = dict(attrs).get("data-example")

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._name = None

    def handle_data(self, data: str) -> None:
        if self._name:
            self.found[self._name] = self.found.get(self._name, "") + data


def served_examples(address: str) -> dict[str, str]:
    """curl, python and javascript, exactly as the copy button would take them."""
    answer = requests.get(address, timeout=60)
    answer.raise_for_status()
    parser = _Examples()
    parser.feed(answer.text)
    return parser.found
