"""The photos that releases learnt from and are judged by, by digest, so that a brand can be trained again."""

from dataclasses import dataclass
from functools import cache

from django.core.files.storage import storages

from modelstore.store import ModelStore


@cache
def photo_store() -> ModelStore:
    return ModelStore(storages["photos"], ending="")


@dataclass(frozen=True)
class KeptPhoto:
    """Reads like a file."""

    digest: str

    def read_bytes(self) -> bytes:
        """Raises FileNotFoundError."""
        return photo_store().read(self.digest)

    def __str__(self) -> str:
        return f"The kept photo {self.digest[:12]}…"
