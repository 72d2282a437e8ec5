"""Which web pages may call the API: each tenant lists its own origins."""

import re
from typing import Any

from corsheaders.signals import check_request_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from tenants.models import Tenant


@receiver(check_request_enabled)
def origin_is_listed(sender: Any, request: HttpRequest, **kwargs: Any) -> bool:
    """The tenant decides about its own answers; a request without one (a preflight, a 401) passes for any tenant's.

    Pages are never opened: what this signal allows would hold for every path.
    """
    origin = request.headers.get("origin", "")
    key = getattr(request, "api_key", None)
    if not origin or not re.match(settings.CORS_URLS_REGEX, request.path_info):
        return False
    return key.tenant.allows_origin(origin) if key else Tenant.any_allows_origin(origin)
