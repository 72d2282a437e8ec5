"""The text of an API key: made once, proven on every request, never stored.

`sku_live_<id>_<secret><checksum>`, base62. The id finds the row, the checksum catches typing errors
without a query, and an HMAC over the whole text, keyed with a pepper from the environment, proves it.
"""

import hmac
import json
import logging
import re
import secrets
import string
from datetime import datetime
from functools import cache
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from database.prepared import Prepared
from tenants.errors import KeyUnknown
from tenants.models import ApiKey, Tenant, Usage
from tenants.models.usage import month_of

BASE62 = string.digits + string.ascii_letters
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 12, 32, 6
KEY_FORMAT = re.compile(
    rf"(sku_(?:live|test)_([0-9A-Za-z]{{{ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}})"
    rf"([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
# Compared against when the id is unknown, so that both cases do the same work.
NO_DIGEST = "0" * 64

_MONTH = "FROM tenants_usagemonth WHERE tenant_id = tenants_apikey.tenant_id AND month = %s"
_USED = f"SELECT used {_MONTH}"
_EXTRA = f"SELECT extra {_MONTH}"
_IN_FLIGHT = f"""
    SELECT in_flight - (SELECT COUNT(*) FROM tenants_reservation
                        WHERE month_id = tenants_usagemonth.id AND expires_at <= %s)
    {_MONTH}
"""  # noqa: S608 - of constants
_BY_KEY = f"SELECT by_key {_MONTH}"
_OWN_IN_FLIGHT = f"""
    SELECT (SELECT COUNT(*) FROM tenants_reservation
            WHERE month_id = tenants_usagemonth.id AND counted_as = COALESCE(first_of_line_id, tenants_apikey.id))
    {_MONTH} AND tenants_apikey.monthly_cap IS NOT NULL
"""  # noqa: S608
_PIN = """
    SELECT EXISTS (SELECT 1 FROM tenants_pin WHERE key_id = tenants_apikey.id OR tenant_id = tenants_apikey.tenant_id)
"""

# An unknown id finds the row of the newest key, so that both cases take the same time; its digest proves nothing.
_ID_OR_ANY = """
    COALESCE((SELECT id FROM tenants_apikey WHERE key_id = %s), (SELECT MAX(id) FROM tenants_apikey))
"""

_KEY = [field.attname for field in ApiKey._meta.concrete_fields]
_TENANT = [field.attname for field in Tenant._meta.concrete_fields]

logger = logging.getLogger(__name__)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(BASE62) for _ in range(length))


def checksum(body: str) -> str:
    """CRC-32 of everything before it, as six base62 digits."""
    number = crc32(body.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(BASE62))
        digits = BASE62[digit] + digits
    return digits


def _digest(text: str, pepper_version: int) -> str:
    pepper = settings.API_KEY_PEPPERS[pepper_version].encode()
    return hmac.digest(pepper, text.encode(), "sha256").hex()


def seal(key: ApiKey) -> str:
    """Gives an unsaved key its id and digest, and returns the text that only its owner will have."""
    key.key_id = _random_text(ID_LENGTH)
    body = f"{key.shown_prefix}_{_random_text(SECRET_LENGTH)}"
    text = body + checksum(body)
    key.pepper_version = max(settings.API_KEY_PEPPERS)
    key.digest = _digest(text, key.pepper_version)
    return text


def issue(tenant: Tenant, **options: Any) -> tuple[ApiKey, str]:
    """A saved key and its text. `options` are fields of ApiKey; a wrong one raises ValidationError."""
    key = ApiKey(tenant=tenant, **options)
    text = seal(key)
    key.full_clean()
    key.save()
    return key, text


def key_id_in(text: str) -> str | None:
    """The public id in a well-formed key; None when it is mistyped. Costs no query."""
    found = KEY_FORMAT.fullmatch(text)
    return found[2] if found and checksum(found[1]) == found[3] else None


@cache
def _look_up(field: str) -> Prepared:
    """The key by this field, with its tenant, its counters of a month and whether a pin is there."""

    def write(wanted: Any, moment: str, month: str) -> "QuerySet[ApiKey, Any]":
        seen = {
            "used": RawSQL(_USED, [month]),  # noqa: S611 - constants with parameters
            "in_flight": RawSQL(_IN_FLIGHT, [moment, month]),  # noqa: S611
            "extra": RawSQL(_EXTRA, [month]),  # noqa: S611
            "by_key": RawSQL(_BY_KEY, [month]),  # noqa: S611
            "own_in_flight": RawSQL(_OWN_IN_FLIGHT, [month]),  # noqa: S611
            "pin": RawSQL(_PIN, []),  # noqa: S611
        }
        tenant = [f"tenant__{name}" for name in _TENANT]
        found = wanted if field == "pk" else RawSQL(_ID_OR_ANY, [wanted])  # noqa: S611
        return ApiKey.objects.filter(pk=found).order_by().annotate(**seen).values_list(*_KEY, *tenant, *seen)

    return Prepared(write, wanted=-1 if field == "pk" else "wanted", moment="moment", month="month")


def find(now: datetime, field: str, wanted: int | str) -> ApiKey | None:
    """One query: the key, its tenant, what the tenant has used this month, and whether a pin is there.

    field: `pk`, or `key_id`, which finds another key where there is none of that id: compare before you believe."""
    month = month_of(now)
    moment = connection.ops.adapt_datetimefield_value(now)
    rows = _look_up(field).rows(wanted=wanted, moment=moment, month=month)
    if not rows:
        return None
    *fields, used, in_flight, extra, by_key, own_in_flight, pin = rows[0]
    key = ApiKey.from_db(connection.alias, _KEY, fields[: len(_KEY)])
    key.tenant = Tenant.from_db(connection.alias, _TENANT, fields[len(_KEY) :])
    key.pin_seen = bool(pin)
    key.usage_seen = Usage(month, key.tenant.monthly_quota + (extra or 0), used or 0, in_flight or 0)
    if key.monthly_cap is not None and by_key:
        key.own_used_seen = json.loads(by_key).get(str(key.counted_as), 0) - (own_in_flight or 0)
    return key


def _expected(text: str, key_id: str, key: ApiKey | None) -> tuple[str, str]:
    """What the text must hash to, and what it does hash to; without any key the same work for nothing."""
    if key is None:
        return NO_DIGEST, _digest(text, max(settings.API_KEY_PEPPERS))
    if key.pepper_version not in settings.API_KEY_PEPPERS:
        if key.key_id == key_id:  # any other was found in place of one that is not there
            logger.error("Key %s needs version %d of API_KEY_PEPPERS.", key.key_id, key.pepper_version)
        return NO_DIGEST, _digest(text, max(settings.API_KEY_PEPPERS))
    return key.digest, _digest(text, key.pepper_version)


def prove(text: str, now: datetime | None = None) -> ApiKey:
    """The key this text belongs to, by one query; raises KeyUnknown, the same way for every cause."""
    key_id = key_id_in(text)
    if key_id is None:
        raise KeyUnknown
    key = find(now or timezone.now(), "key_id", key_id)
    genuine = hmac.compare_digest(*_expected(text, key_id, key))
    if key is None or not genuine or key.key_id != key_id:
        raise KeyUnknown
    return key
