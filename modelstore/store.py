"""The files of all releases, by digest, behind Django's storage API (a local folder by default)."""

from functools import cache

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from inference.manifest import sha256


class ModelStore:
    """Bytes by sha256. Satisfies inference's FileStore."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def read(self, digest: str) -> bytes:
        """Raises FileNotFoundError when it is not there."""
        with self.storage.open(_name(digest), "rb") as file:
            return bytes(file.read())

    def write(self, data: bytes) -> str:
        """Keep the bytes and return their digest; what is there already, whole, is left alone."""
        digest = sha256(data)
        if not self._holds(digest):
            self.storage.delete(_name(digest))  # an interrupted write left a part of it
            self.storage.save(_name(digest), ContentFile(data))
        return digest

    def _holds(self, digest: str) -> bool:
        return self.storage.exists(_name(digest)) and sha256(self.read(digest)) == digest


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}.safetensors"


@cache
def model_store() -> ModelStore:
    return ModelStore(storages["models"])
