"""The files of all releases, by digest, behind Django's storage API (a local folder by default)."""

from functools import cache
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

from inference.manifest import sha256


class ModelStore:
    """Bytes by sha256. Satisfies inference's FileStore. ending: of the files' names."""

    def __init__(self, storage: Storage, ending: str = ".safetensors") -> None:
        self.storage = storage
        self.ending = ending

    def read(self, digest: str) -> bytes:
        """Raises FileNotFoundError when it is not there."""
        with self.storage.open(self._name(digest), "rb") as file:
            return bytes(file.read())

    def write(self, data: bytes) -> str:
        """Keep the bytes and return their digest; what is there already, whole, is left alone.

        The file appears whole or not at all, however many processes write it and whenever one is killed.
        """
        digest = sha256(data)
        if not self._holds(digest):
            self._replace(self._name(digest), data)
        return digest

    def _replace(self, name: str, data: bytes) -> None:
        if not isinstance(self.storage, FileSystemStorage):  # an object store shows a file when it is complete
            self.storage.delete(name)
            self.storage.save(name, ContentFile(data))
            return
        path = Path(self.storage.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.stem}.{uuid4().hex}.partial")
        try:
            partial.write_bytes(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _holds(self, digest: str) -> bool:
        return self.storage.exists(self._name(digest)) and sha256(self.read(digest)) == digest

    def _name(self, digest: str) -> str:
        return f"{digest[:2]}/{digest}{self.ending}"


@cache
def model_store() -> ModelStore:
    return ModelStore(storages["models"])
