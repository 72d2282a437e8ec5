"""SKUs are long words: browsers may break them where their makers joined them."""

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_JOINTS = re.compile(r"(?<=[_\-/.])(?=\w)")


@register.filter
def breakable(name: str) -> SafeString:
    """Escaped, with <wbr> behind joints; copied text stays the name."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in _JOINTS.split(str(name))))
