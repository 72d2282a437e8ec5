"""Where this process has its predictions computed, as INFERENCE_BACKEND says: one backend, made on first use."""

import threading
from functools import cache

from django.conf import settings

from skuapi.backends.backend import Backend
from skuapi.backends.local import LocalBackend
from skuapi.suspects import suspects

_making = threading.Lock()


def backend() -> Backend:
    """The same for all threads, also for those that ask first together: two would hold all weights twice."""
    with _making:
        return _made()


@cache
def _made() -> Backend:
    if settings.INFERENCE_BACKEND == "ray":
        from skuapi.backends.remote import RemoteBackend

        return RemoteBackend(settings.ENGINE_URL, settings.LOAD_WAIT, lambda photo: suspects().condemn(photo))
    return LocalBackend()
