"""Numbers as pages of admin show them."""

from django import template

register = template.Library()


@register.filter
def grouped(value: float) -> str:
    """12,345"""
    return f"{value:,.0f}"


@register.filter
def short(value: float) -> str:
    """1.2k, 30M: beside the grid of a chart there is room for four characters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}"


@register.filter
def duration(milliseconds: float | None) -> str:
    """240 ms, 12.3 s; a dash where nothing was measured."""
    if milliseconds is None:
        return "–"
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"


@register.filter
def share(value: float | None) -> str:
    """0.0123 -> 1.2 %; small shares keep two digits, so that one failure in a thousand is no nought."""
    if value is None:
        return "–"
    percent = 100 * value
    return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.2f} %" if percent < 1 else f"{percent:.1f} %"
