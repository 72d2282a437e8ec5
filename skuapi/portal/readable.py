"""An answer's JSON for people: indented, boxes on one line, and no string that fills the page."""

import json
import re
from typing import Any

LONGEST_STRING = 300
SHOWN = 48
_NUMBERS = re.compile(r"\[\s+(-?[\d.]+(?:,\s+-?[\d.]+)*)\s+\]")


def readable_json(data: Any) -> str:
    text = json.dumps(shortened(data), indent=2, ensure_ascii=False, default=str)
    return _NUMBERS.sub(_one_line, text)


def _one_line(numbers: re.Match[str]) -> str:
    return "[" + " ".join(numbers[1].split()) + "]"


def shortened(data: Any) -> Any:
    """The same document with long strings, such as pictures, cut; for showing only."""
    if isinstance(data, dict):
        return {name: shortened(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [shortened(value) for value in data]
    if isinstance(data, str) and len(data) > LONGEST_STRING:
        return f"{data[:SHOWN]}… ({len(data):,} characters, shortened on this page only)"
    return data
