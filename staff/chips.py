"""A word in a coloured pill, as lists show states."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def chip(word: object, good: bool | None = None) -> SafeString:
    """good: green, not good: red, neither: plain."""
    colour = "" if good is None else " good" if good else " bad"
    return format_html('<span class="staff-chip{}">{}</span>', colour, word)
