"""What admin's first page shows."""

from typing import Any

from django import template

from skuapi import dashboard as shown

register = template.Library()


@register.simple_tag(takes_context=True)
def dashboard(context: dict[str, Any]) -> shown.Dashboard:
    return shown.dashboard(context["request"])
