"""From a bundle on disk to the release that answers. Each step is all or nothing, and in the audit trail.

`who` is the user name of a person; empty for whoever runs this process.
"""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from inference.errors import ReleaseRefused
from inference.file_store import FileStore, FolderStore, verified
from inference.manifest import Manifest, loads
from modelstore.audit import note_refusal, record
from modelstore.errors import PublishRefused
from modelstore.models import ModelLine, Release, ReleaseEvent
from modelstore.store import model_store

Prove = Callable[[Manifest], object]
Kind = ReleaseEvent.Kind
Status = Release.Status


def publish(folder: Path, draft: bool = False, who: str = "") -> Release:
    """Publish the bundle in a folder: `publish_bundle`. Raises PublishRefused."""
    try:
        document = (folder / "manifest.json").read_bytes()
    except OSError as error:
        raise PublishRefused(f"{folder} is no bundle: {error}. Give the folder that holds manifest.json.") from error
    return publish_bundle(document, FolderStore(folder), draft, who)


def publish_bundle(document: bytes, files: FileStore, draft: bool = False, who: str = "", reason: str = "") -> Release:
    """Copy a bundle into the store and give it the line's next version number.

    The files are stored first and the row last, so a process killed in between leaves nothing visible.
    The same bundle published twice is the same release; a draft of it becomes published unless `draft`.
    Raises PublishRefused.
    """
    try:
        manifest = loads(document)
        _store(manifest, files)
    except OSError as error:
        raise PublishRefused(
            f"The bundle cannot be stored: {error}. Nothing was changed; make room, and publish it again."
        ) from error
    except ReleaseRefused as error:
        raise PublishRefused(str(error)) from error
    return _numbered(manifest, draft, who, reason)


def _store(manifest: Manifest, files: FileStore) -> None:
    """Every file is checked before the first is kept: a bundle that is refused leaves none of them behind."""
    for digest in manifest.carried_files():
        verified(files, digest)
    for digest in manifest.carried_files():
        model_store().write(verified(files, digest))


@transaction.atomic
def _numbered(manifest: Manifest, draft: bool, who: str, reason: str) -> Release:
    line = ModelLine.named(manifest.category, manifest.brand)
    ModelLine.objects.select_for_update().get(pk=line.pk)  # two publishers take turns, so versions count up
    existing = line.releases.filter(digest=manifest.digest()).first()
    if existing is None:
        return _added(line, manifest, draft, who, reason)
    if not draft:
        publish_draft(existing, who)
    return existing


def _added(line: ModelLine, manifest: Manifest, draft: bool, who: str, reason: str) -> Release:
    latest = line.releases.aggregate(latest=Max("version"))["latest"] or 0
    release = Release.objects.create(
        line=line,
        version=latest + 1,
        digest=manifest.digest(),
        manifest=manifest.dumps().decode(),
        status=Status.DRAFT if draft else Status.PUBLISHED,
    )
    record(release, Kind.DRAFTED if draft else Kind.PUBLISHED, who, reason)
    return release


@transaction.atomic
def publish_draft(release: Release, who: str = "") -> bool:
    """Let a draft be activated; false for what is no draft (any more), which stays as it is."""
    was_draft = bool(Release.objects.filter(pk=release.pk, status=Status.DRAFT).update(status=Status.PUBLISHED))
    if was_draft:
        record(release, Kind.PUBLISHED, who)
    release.refresh_from_db(fields=["status"])
    return was_draft


def activate(release: Release, prove: Prove, who: str = "", reason: str = "") -> None:
    """Let a release answer from the next request on. Raises PublishRefused and changes nothing when refused.

    prove: loads the manifest and checks digests and golden answers, raising ReleaseRefused.
    """
    _refuse_draft(release)
    _check(release, prove, who)
    _switch(release, Kind.ACTIVATED, who, reason)


def _refuse_draft(release: Release) -> None:
    if Release.objects.filter(pk=release.pk, status=Status.DRAFT).exists():
        raise PublishRefused(
            f"{release} is a draft. Publish it first, in admin or with manage.py publish_release '{release}'."
        )


def _check(release: Release, prove: Prove, who: str) -> None:
    try:
        prove(loads(release.manifest.encode()))
    except ReleaseRefused as error:
        note_refusal(release, str(error), who)
        raise PublishRefused(f"{release} is refused: {error} What served before goes on serving.") from error


@transaction.atomic
def _switch(release: Release, kind: Kind, who: str, reason: str, leaving: Release | None = None) -> None:
    """leaving: what must still be active for the change to make sense."""
    ModelLine.objects.select_for_update().get(pk=release.line_id)
    active = release.line.active()
    if leaving and leaving != active:
        raise _overtaken(active)
    if active and active != release:
        Release.objects.filter(pk=active.pk).update(status=Status.RETIRED)
        record(active, Kind.RETIRED, who, f"{release} took its place. {reason}")
    Release.objects.filter(pk=release.pk).update(status=Status.ACTIVE, activated_at=timezone.now(), refusal="")
    record(release, kind, who, reason)
    release.refresh_from_db()


def _overtaken(active: Release | None) -> PublishRefused:
    return PublishRefused(f"Nothing was rolled back: {active} was activated meanwhile. Look again, then roll back.")


def roll_back(
    line: ModelLine, prove: Prove, who: str = "", reason: str = "", leaving: Release | None = None
) -> Release:
    """Activate the release that was active before the present one. Raises PublishRefused.

    leaving: the release that is rolled back, where a person has seen its name; never another one.
    """
    active = line.active()
    if leaving and leaving != active:
        raise _overtaken(active)
    earlier = active.earlier() if active else None
    if earlier is None:
        raise PublishRefused(f"{line} has no earlier release to go back to. See manage.py list_releases.")
    _check(earlier, prove, who)
    _switch(earlier, Kind.RESTORED, who, reason, leaving=active)
    return earlier
