"""How many web threads one tenant may hold: the others are answered whatever it sends, and however slowly."""

from contextlib import AbstractContextManager

from django.conf import settings

from inference.errors import QueueFull
from inference.waiting_room import WaitingRoom
from tenants.models import Tenant

SHARE = 0.75
"""Of all threads: the usual 96 leave 72, more than the engine has places, and the others 24 at least."""
FULL = "Too many requests of this account are being answered at this moment. Try again when some of them are."

_places = WaitingRoom(settings.WEB_THREADS, SHARE, lambda: QueueFull(FULL))


def place_of(tenant: Tenant) -> AbstractContextManager[None]:
    """Held from before the body is read until the answer stands. Raises QueueFull."""
    return _places.place(str(tenant.pk))
