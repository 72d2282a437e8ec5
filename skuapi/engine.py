"""Where this process has its predictions computed, as INFERENCE_BACKEND says: one backend, made on first use."""

from functools import cache

from django.conf import settings

from skuapi.backends.backend import Backend
from skuapi.backends.local import LocalBackend


@cache
def backend() -> Backend:
    if settings.INFERENCE_BACKEND == "ray":
        from skuapi.backends.remote import RemoteBackend

        return RemoteBackend(settings.ENGINE_URL, settings.LOAD_WAIT)
    return LocalBackend()
