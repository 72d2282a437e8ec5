"""The two documents: what stands on their pages, in which order. One template frames both."""

from dataclasses import dataclass

TITLES = {
    "overview": "Overview",
    "authentication": "Authentication",
    "base-url": "Base URL",
    "predict": "Predict",
    "images": "Image input",
    "response": "Response",
    "headers": "Headers",
    "status": "Status",
    "models": "Models",
    "usage": "Usage",
    "curl": "cURL",
    "python": "Python",
    "javascript": "JavaScript",
    "errors": "Errors",
    "idempotency": "Safe retries",
    "limits": "Limits",
    "cold-start": "Cold start",
    "tips": "Tips",
    "versions": "Versions",
    "changelog": "Changelog",
}


@dataclass(frozen=True)
class Document:
    """version: also the folder of its templates; key_name: which of the demo's keys its examples need.

    parts: templates in the order of the page; left_out: sections that only the other document has.
    """

    version: str
    title: str
    key_name: str
    parts: tuple[str, ...]
    left_out: frozenset[str] = frozenset()

    @property
    def hero(self) -> str:
        return f"docs/{self.version}/hero.html"

    @property
    def templates(self) -> list[str]:
        return [
            "docs/examples.html" if part == "examples" else f"docs/{self.version}/{part}.html" for part in self.parts
        ]

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Anchor and title, for the navigation."""
        return [(anchor, title) for anchor, title in TITLES.items() if anchor not in self.left_out]


CURRENT = Document(
    "v2",
    "SKU Detection Predict API – documentation",
    "api_key",
    (
        "overview",
        "access",
        "predict",
        "images",
        "response",
        "headers",
        "account",
        "examples",
        "errors",
        "idempotency",
        "limits",
        "versions",
    ),
)
FIRST = Document(
    "v1",
    "Version 1.0 – SKU Detection Predict API",
    "api_key_v1",
    ("access", "predict", "examples", "limits"),
    frozenset({"images", "headers", "status", "models", "usage", "idempotency", "cold-start", "tips", "versions"}),
)
