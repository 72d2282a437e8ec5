"""A bundle as one zip file, to carry a release to another installation: manifest.json and the files it names.

Nothing is ever unpacked to a path: members are read by their digest into the store, so no name leads anywhere.
"""

import re
import tempfile
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings

from inference.errors import ReleaseRefused
from inference.file_store import verified
from inference.manifest import loads
from modelstore import signatures
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.publishing import publish_bundle
from modelstore.store import model_store

MANIFEST = "manifest.json"
FILES = ".safetensors"
MEMBER = re.compile(r"manifest\.json|manifest\.sig|[0-9a-f]{64}\.safetensors")
LARGEST_MANIFEST = 16 * 1024 * 1024
LARGEST_DIRECTORY = 64 * 1024  # about five hundred files; a bundle has ten
MOST_EXPANSION = 20  # weights hardly compress
READABLE = 0o644 << 16
# The end of a zip without a comment: signature, ten bytes, size of the directory, ...
END, END_LENGTH, LOCATOR_LENGTH = b"PK\x05\x06", 22, 20
LARGE_LOCATOR = b"PK\x06\x07"

UNCHANGED = "Upload the zip as the page of a release offers it."


def packed(release: Release) -> IO[bytes]:
    """The zip, in a temporary file that is gone once closed; the same release is always the same bytes.

    Raises ReleaseRefused for a missing or damaged file, OSError when there is no room.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(_member(MANIFEST), release.manifest.encode())
        if release.signature:
            archive.writestr(_member(signatures.FILE), release.signature)
        for digest in loads(release.manifest.encode()).carried_files():
            archive.writestr(_member(f"{digest}{FILES}"), verified(model_store(), digest))
    file.seek(0)
    return file


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.external_attr = READABLE
    return info


def publish_archive(file: IO[bytes], who: str, reason: str) -> Release:
    """Publish a zip as a draft. Raises PublishRefused, and has stored nothing then."""
    try:
        _check_directory(file)
        with ZipFile(file) as archive:
            _check_members(archive.infolist(), file.seek(0, 2))
            bundle = ZippedBundle(archive)
            return publish_bundle(bundle.manifest(), bundle, True, who, reason, bundle.signature())
    except BadZipFile as error:
        raise PublishRefused(f"The file is no zip, or a damaged one ({error}). {UNCHANGED}") from error
    except ReleaseRefused as error:
        raise PublishRefused(str(error)) from error


class ZippedBundle:
    """The files of a bundle inside a zip whose members have been checked. Satisfies inference's FileStore."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive

    def manifest(self) -> bytes:
        """Raises ReleaseRefused unless the zip holds what it names, and nothing else."""
        if MANIFEST not in self.archive.namelist():
            raise ReleaseRefused(f"The zip holds no {MANIFEST}. {UNCHANGED}")
        document = self._read(MANIFEST)
        named = {MANIFEST, signatures.FILE, *(f"{digest}{FILES}" for digest in loads(document).carried_files())}
        for name in self.archive.namelist():
            if name not in named:
                raise ReleaseRefused(f"The zip holds {name}, which its manifest does not name. {UNCHANGED}")
        return document

    def signature(self) -> str:
        """Empty where there is none: what comes from elsewhere is never signed here."""
        held = signatures.FILE in self.archive.namelist()
        return self._read(signatures.FILE).decode(errors="replace").strip() if held else ""

    def read(self, digest: str) -> bytes:
        try:
            return self._read(f"{digest}{FILES}")
        except KeyError as error:
            raise FileNotFoundError(digest) from error

    def _read(self, name: str) -> bytes:
        """Never more than the size that was checked: zipfile stops there."""
        try:
            return self.archive.read(name)
        except (BadZipFile, zlib.error, EOFError) as error:
            raise ReleaseRefused(f"{name} in the zip is damaged ({error}). {UNCHANGED}") from error


def _check_directory(file: IO[bytes]) -> None:
    """Before zipfile reads the whole directory into memory. Raises ReleaseRefused."""
    length = file.seek(0, 2)
    file.seek(max(0, length - END_LENGTH - LOCATOR_LENGTH))
    end = file.read()
    if end[-END_LENGTH:][:4] != END or end[-2:] != b"\0\0" or end.startswith(LARGE_LOCATOR):
        raise ReleaseRefused(f"The file is no zip, or a damaged one. {UNCHANGED}")
    if int.from_bytes(end[-10:-6], "little") > LARGEST_DIRECTORY:
        raise ReleaseRefused(f"The zip holds far more files than a bundle has. {UNCHANGED}")


def _check_members(members: list[ZipInfo], length: int) -> None:
    """Raises ReleaseRefused before anything is read. Names are shown as Python writes them: they may hold anything."""
    for sound, problem in _rules(members, length):
        if not sound:
            raise ReleaseRefused(f"{problem} {UNCHANGED}")


def _rules(members: list[ZipInfo], length: int) -> Iterator[tuple[bool, str]]:
    for member in members:
        name = ascii(member.filename[:100])
        yield bool(MEMBER.fullmatch(member.filename)), f"The zip holds {name}, which is no part of a bundle."
        yield not member.flag_bits & 1, f"{name} in the zip is encrypted."
        yield member.compress_type in (ZIP_STORED, ZIP_DEFLATED), f"{name} in the zip is packed in an unusual way."
        manifest_fits = member.filename.endswith(FILES) or member.file_size <= LARGEST_MANIFEST
        yield manifest_fits, f"{name} in the zip is larger than {LARGEST_MANIFEST >> 20} MiB."
    yield len({member.filename for member in members}) == len(members), "The zip holds a file twice."
    unpacked, largest = sum(member.file_size for member in members), settings.MAX_BUNDLE_BYTES
    yield (
        unpacked <= largest,
        f"Unpacked, the bundle is larger than {largest} bytes. The setting MAX_BUNDLE_BYTES allows more.",
    )
    most = MOST_EXPANSION * length + LARGEST_MANIFEST
    yield unpacked <= most, f"Unpacked, the zip would be more than {MOST_EXPANSION} times as large: weights are not."
