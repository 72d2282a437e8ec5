"""Sentences of the API as a page shows them."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def with_code(sentence: str) -> SafeString:
    """What stands between backticks is code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence)))  # noqa: S308
