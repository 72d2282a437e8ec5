"""Loads a release outside the serving engine, to prove it before it is activated."""

from django.conf import settings

from inference.manifest import Manifest
from modelstore.store import model_store


def prove(manifest: Manifest) -> None:
    """Check digests, build every network and compare its golden answers. Raises ReleaseRefused."""
    from inference.device import choose  # torch only loads where a model is really needed
    from inference.loading import Loader

    placement = choose(settings.DEVICE, settings.PRECISION)
    Loader(model_store(), placement, settings.ENCODER_DIRS).load(manifest)
