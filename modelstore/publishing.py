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
from modelstore import signatures
from modelstore.audit import record
from modelstore.canaries import end_with_active
from modelstore.errors import Overtaken, PublishRefused
from modelstore.models import ModelLine, Release, ReleaseEvent
from modelstore.proving import Prove, check_release
from modelstore.store import model_store

Kind = ReleaseEvent.Kind
Status = Release.Status
_READS: dict[str, str] = {ModelLine.Kind.SHELF: "products on shelves", ModelLine.Kind.WHOLE_IMAGE: "whole pictures"}


def publish(folder: Path, draft: bool = False, who: str = "") -> Release:
    """Publish the bundle in a folder: `publish_bundle`. Raises PublishRefused."""
    signature = folder / signatures.FILE
    try:
        document = (folder / "manifest.json").read_bytes()
        signed = signature.read_text(errors="replace").strip() if signature.exists() else None
    except OSError as error:
        raise PublishRefused(f"{folder} is no bundle: {error}. Give the folder that holds manifest.json.") from error
    return publish_bundle(document, FolderStore(folder), draft, who, signature=signed)


def publish_bundle(
    document: bytes,
    files: FileStore,
    draft: bool = False,
    who: str = "",
    reason: str = "",
    signature: str | None = None,
) -> Release:
    """Copy a bundle into the store and give it the line's next version number.

    The files are stored first and the row last, so a process killed in between leaves nothing visible.
    The same bundle published twice is the same release; a draft of it becomes published unless `draft`.
    signature: that it brings from elsewhere; None for what is released here and now. Raises PublishRefused.
    """
    kept = _accepted(document, signature)  # before anything is stored
    return numbered(store_bundle(document, files), draft, who, reason, kept)


def _accepted(document: bytes, signature: str | None) -> str:
    """The signature to keep: that which came along, or this installation's own. Raises PublishRefused."""
    try:
        digest = loads(document).digest()
        kept = signatures.sign(digest) if signature is None else signature
        signatures.check(digest, kept)
    except ReleaseRefused as error:
        raise PublishRefused(str(error)) from error
    return kept


def store_bundle(document: bytes, files: FileStore) -> Manifest:
    """Copy the files of a bundle into the store, where they wait for a release. Raises PublishRefused."""
    try:
        manifest = loads(document)
        _check_kind(ModelLine.known(manifest.category, manifest.brand), manifest)
        _store(manifest, files)
    except OSError as error:
        raise PublishRefused(
            f"The bundle cannot be stored: {error}. Nothing was changed; make room, and publish it again."
        ) from error
    except ReleaseRefused as error:
        raise PublishRefused(str(error)) from error
    return manifest


def _check_kind(line: ModelLine | None, manifest: Manifest) -> None:
    """Raises PublishRefused. The first release decides: clients of a line expect answers of one kind."""
    kind = ModelLine.Kind.of(manifest.task)
    if line and line.kind != kind and line.releases.exists():
        raise PublishRefused(
            f"The releases of {line} are classifiers of {_READS[line.kind]}, and this is one of {_READS[kind]}. "
            "Publish it under a category and brand of its own."
        )


def _store(manifest: Manifest, files: FileStore) -> None:
    """Every file is checked before the first is kept: a bundle that is refused leaves none of them behind."""
    for digest in manifest.carried_files():
        verified(files, digest)
    for digest in manifest.carried_files():
        model_store().write(verified(files, digest))


@transaction.atomic
def numbered(
    manifest: Manifest, draft: bool = False, who: str = "", reason: str = "", signature: str | None = None
) -> Release:
    """Publish what is stored, as `publish_bundle` does; until the transaction ends nobody else numbers this line."""
    kept = _accepted(manifest.dumps(), signature)
    kind = ModelLine.Kind.of(manifest.task)
    line = ModelLine.named(manifest.category, manifest.brand, kind)
    ModelLine.objects.select_for_update().get(pk=line.pk)  # two publishers take turns, so versions count up
    _check_kind(line, manifest)
    ModelLine.objects.filter(pk=line.pk).exclude(kind=kind).update(kind=kind)  # where it has no release yet
    existing = line.releases.filter(digest=manifest.digest()).first()
    if existing is None:
        return _added(line, manifest, draft, who, reason, kept)
    if kept != existing.signature and (signatures.demanded() or not existing.signature):
        _keep_signature(existing, kept, who)  # never one that was not checked in place of another
    if not draft:
        publish_draft(existing, who)
    return existing


def _added(line: ModelLine, manifest: Manifest, draft: bool, who: str, reason: str, signature: str) -> Release:
    latest = line.releases.aggregate(latest=Max("version"))["latest"] or 0
    release = Release.objects.create(
        line=line,
        version=latest + 1,
        digest=manifest.digest(),
        manifest=manifest.dumps().decode(),
        signature=signature,
        status=Status.DRAFT if draft else Status.PUBLISHED,
    )
    record(release, Kind.DRAFTED if draft else Kind.PUBLISHED, who, reason)
    return release


def sign_release(release: Release) -> None:
    """By this installation, which must have a key."""
    _keep_signature(release, signatures.sign(release.digest))


@transaction.atomic
def _keep_signature(release: Release, signature: str, who: str = "") -> None:
    Release.objects.filter(pk=release.pk).update(signature=signature)
    record(release, Kind.SIGNED, who)
    release.refresh_from_db(fields=["signature"])


@transaction.atomic
def publish_draft(release: Release, who: str = "") -> bool:
    """Let a draft be activated; false for what is no draft (any more), which stays as it is."""
    was_draft = bool(Release.objects.filter(pk=release.pk, status=Status.DRAFT).update(status=Status.PUBLISHED))
    if was_draft:
        record(release, Kind.PUBLISHED, who)
    release.refresh_from_db(fields=["status"])
    return was_draft


def activate(
    release: Release,
    prove: Prove,
    who: str = "",
    reason: str = "",
    verdict: str = "",
    leaving: Release | None = None,
    noted: Callable[[], object] = lambda: None,
) -> None:
    """Let a release answer from the next request on. Raises PublishRefused and changes nothing when refused.

    prove: loads the manifest and checks digests and golden answers, raising ReleaseRefused; verdict: of the promotion
    gate; leaving: the release that it was compared with, if it must still be the active one; noted: called in the
    transaction of the change.
    """
    check_release(release, prove, who)
    with transaction.atomic():
        _switch(release, Kind.ACTIVATED, who, reason, leaving, verdict)
        noted()


@transaction.atomic
def _switch(
    release: Release, kind: Kind, who: str, reason: str, leaving: Release | None = None, verdict: str = ""
) -> None:
    """leaving: what must still be active for the change to make sense."""
    ModelLine.objects.select_for_update().get(pk=release.line_id)
    active = release.line.active()
    if leaving and leaving != active:
        raise _overtaken(active)
    if active and active != release:
        end_with_active(release.line, who, f"{release} took the place of {active}.")
        Release.objects.filter(pk=active.pk).update(status=Status.RETIRED)
        record(active, Kind.RETIRED, who, f"{release} took its place. {reason}")
    Release.objects.filter(pk=release.pk).update(status=Status.ACTIVE, activated_at=timezone.now(), refusal="")
    record(release, kind, who, reason, verdict)
    release.refresh_from_db()


def _overtaken(active: Release | None) -> Overtaken:
    return Overtaken(f"Nothing was changed: {active} was activated meanwhile. Look again, then decide.")


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
    check_release(earlier, prove, who)
    _switch(earlier, Kind.RESTORED, who, reason, leaving=active)
    return earlier
