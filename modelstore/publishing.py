"""From a bundle on disk to the release that answers. Each step is all or nothing."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from inference.errors import ReleaseRefused
from inference.file_store import FolderStore, verified
from inference.manifest import Manifest, loads
from modelstore.errors import PublishRefused
from modelstore.models import ModelLine, Release
from modelstore.store import ModelStore, model_store

Prove = Callable[[Manifest], object]


def publish(folder: Path) -> Release:
    """Copy a bundle folder into the store and give it the line's next version number.

    The files are stored first and the row last, so a process killed in between leaves nothing visible.
    The same bundle published twice is the same release. Raises PublishRefused.
    """
    try:
        manifest = loads((folder / "manifest.json").read_bytes())
        _copy_files(manifest, FolderStore(folder), model_store())
    except FileNotFoundError as error:
        raise PublishRefused(f"{folder} is no bundle: {error}. Give the folder that holds manifest.json.") from error
    except OSError as error:
        raise PublishRefused(f"{folder} cannot be published: {error}. Nothing was changed.") from error
    except ReleaseRefused as error:
        raise PublishRefused(str(error)) from error
    return _numbered(manifest)


def _copy_files(manifest: Manifest, source: FolderStore, store: ModelStore) -> None:
    for digest in manifest.carried_files():
        store.write(verified(source, digest))


@transaction.atomic
def _numbered(manifest: Manifest) -> Release:
    line = ModelLine.named(manifest.category, manifest.brand)
    ModelLine.objects.select_for_update().get(pk=line.pk)  # two publishers take turns, so versions count up
    existing = line.releases.filter(digest=manifest.digest()).first()
    if existing:
        return existing
    latest = line.releases.aggregate(latest=Max("version"))["latest"] or 0
    return Release.objects.create(
        line=line, version=latest + 1, digest=manifest.digest(), manifest=manifest.dumps().decode()
    )


def activate(release: Release, prove: Prove) -> None:
    """Let a release answer from the next request on. Raises PublishRefused and changes nothing when refused.

    prove: loads the manifest and checks digests and golden answers, raising ReleaseRefused.
    """
    try:
        prove(loads(release.manifest.encode()))
    except ReleaseRefused as error:
        Release.objects.filter(pk=release.pk).update(refusal=str(error))
        raise PublishRefused(f"{release} is refused: {error} What served before goes on serving.") from error
    _switch(release)


@transaction.atomic
def _switch(release: Release) -> None:
    ModelLine.objects.select_for_update().get(pk=release.line_id)
    Release.objects.filter(line=release.line_id, status=Release.Status.ACTIVE).exclude(pk=release.pk).update(
        status=Release.Status.RETIRED
    )
    Release.objects.filter(pk=release.pk).update(status=Release.Status.ACTIVE, activated_at=timezone.now(), refusal="")
    release.refresh_from_db()


def roll_back(line: ModelLine, prove: Prove) -> Release:
    """Activate the release that was active before the present one. Raises PublishRefused."""
    active = line.releases.filter(status=Release.Status.ACTIVE).first()
    earlier = active.earlier() if active else None
    if earlier is None:
        raise PublishRefused(f"{line} has no earlier release to go back to. See manage.py list_releases.")
    activate(earlier, prove)
    return earlier
