"""How admin looks: django-unfold in the colours of the portal's pages. Every file it uses is served by this server."""

from django.http import HttpRequest
from django.templatetags.static import static

# static/portal/house.css: paper, lines and ink; 900 and 950 are its dark card and paper.
_BASE = {
    "50": "#faf9f5",
    "100": "#f2f1ea",
    "200": "#e2e0d6",
    "300": "#cdd3cb",
    "400": "#a3b3aa",
    "500": "#5f6d66",
    "600": "#46534c",
    "700": "#36443d",
    "800": "#27332d",
    "900": "#151e1a",
    "950": "#0e1512",
}
# 600 is the accent on light pages. 500 is text on dark ones, and carries white text in a few places.
_PRIMARY = {
    "50": "#f1f8f4",
    "100": "#e6f2ec",
    "200": "#c5e5d6",
    "300": "#9bdcbf",
    "400": "#63d6a8",
    "500": "#27a878",
    "600": "#0a6b4b",
    "700": "#085a3f",
    "800": "#064a34",
    "900": "#053d2b",
    "950": "#06281b",
}


def _icon(request: HttpRequest) -> str:
    return static("portal/favicon.svg")


def _style(request: HttpRequest) -> str:
    return static("staff/admin.css")


UNFOLD = {
    "SITE_TITLE": "SKU Detection Predict API",
    "SITE_HEADER": "Shelf reading",
    "SITE_SUBHEADER": "Tenants, keys and models",
    "SITE_SYMBOL": "shelves",
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SITE_URL": "/",
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [_style],
    "COLORS": {"base": _BASE, "primary": _PRIMARY},
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": "staff.navigation.sidebar"},
    "COMMAND": {"search_callback": "staff.search.found"},
}
