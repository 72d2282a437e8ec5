"""Loads a release outside the serving engine, to prove it before it is activated."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from inference.errors import OutOfMemory, ReleaseRefused
from inference.manifest import Manifest, loads
from inference.torch_import import import_torch
from modelstore import signatures
from modelstore.audit import note_refusal
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.store import model_store

if TYPE_CHECKING:
    from inference.loading import LoadedRelease

NO_TORCH = "This host has no torch, so no model can be proved here. Do it at the command line of one that computes."
Prove = Callable[[Manifest], object]


def prove(manifest: Manifest) -> "LoadedRelease":
    """Check digests, build every network and compare its golden answers.

    Raises ReleaseRefused; OutOfMemory; PublishRefused on a host that cannot load models.
    """
    try:
        import_torch()  # it only loads where a model is really needed
    except ModuleNotFoundError as error:
        raise PublishRefused(NO_TORCH) from error
    from inference.device import choose
    from inference.loading import Loader

    placement = choose(settings.DEVICE, settings.PRECISION)
    return Loader(model_store(), placement, settings.ENCODER_DIRS).load(manifest)


def refuse_draft(release: Release) -> None:
    """Raises PublishRefused."""
    if Release.objects.filter(pk=release.pk, status=Release.Status.DRAFT).exists():
        raise PublishRefused(
            f"{release} is a draft. Publish it first, in admin or with manage.py publish_release '{release}'."
        )


def signed_manifest(release: Release) -> tuple[Manifest, str]:
    """With the public key that signed it, empty where none is demanded. Raises ReleaseRefused."""
    manifest = loads(release.manifest.encode())
    return manifest, signatures.check(manifest.digest(), release.signature)


def check_release(release: Release, prove: Prove, who: str) -> None:
    """Raises PublishRefused, and notes why, for a release that is not sound or is a draft."""
    refuse_draft(release)
    try:
        prove(signed_manifest(release)[0])
    except ReleaseRefused as error:
        note_refusal(release, str(error), who)
        raise PublishRefused(f"{release} is refused: {error} What served before goes on serving.") from error
    except OutOfMemory as error:  # it may be sound: nothing is noted
        raise PublishRefused(f"{release} could not be tried: {error} What served before goes on serving.") from error
