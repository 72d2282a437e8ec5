"""Who answers for a release: an Ed25519 signature of its manifest's digest, which covers every file by sha256.

With RELEASE_SIGNING_KEY set, what is released here is signed. With that or RELEASE_TRUSTED_KEYS set, a release without
a signature by one of these keys is refused, when it is published, activated and loaded.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from inference.errors import ReleaseRefused

FILE = "manifest.sig"
"""Beside manifest.json in a bundle."""
FORMAT = re.compile(r"[\w-]{86}", re.ASCII)
"""64 bytes in base64; for URLs, unpadded."""
_SIGNED = "shelf release {}"
"""What is signed says what it is for, so that no other signature by the same key passes for one."""


def new_key() -> tuple[str, str]:
    """The private key and the public one, as the settings take them."""
    key = Ed25519PrivateKey.generate()
    return _text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw())


def demanded() -> bool:
    return bool(settings.RELEASE_SIGNING_KEY or settings.RELEASE_TRUSTED_KEYS)


def sign(digest: str) -> str:
    """By this installation; empty where it has no key."""
    own = _own()
    return _text(own.sign(_message(digest))) if own else ""


def check(digest: str, signature: str) -> str:
    """The public key that signed it, empty where nothing is demanded. Raises ReleaseRefused."""
    if signature and not FORMAT.fullmatch(signature):
        raise ReleaseRefused(f"What {FILE} holds is no signature. Get the bundle again, or remove that file.")
    if not demanded():
        return ""
    for key in _trusted():
        with suppress(InvalidSignature):
            key.verify(_bytes(signature), _message(digest))  # an empty one is as wrong as any
            return _text(key.public_bytes_raw())
    raise ReleaseRefused(_wrong(signature))


def _wrong(signature: str) -> str:
    if not signature:
        return (
            "It is not signed, and this installation takes signed releases only. Get the bundle with its signature "
            "from where it was made; or, if you answer for it, set RELEASE_SIGNING_KEY and run manage.py sign_releases."
        )
    return (
        "Its signature is by no key that this installation trusts, or of another release. Get the bundle again; or add "
        "the public key of whoever made it to RELEASE_TRUSTED_KEYS."
    )


def _own() -> Ed25519PrivateKey | None:
    text = settings.RELEASE_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(_bytes(text)) if text else None


def _trusted() -> Iterator[Ed25519PublicKey]:
    own = _own()
    if own:
        yield own.public_key()
    for text in settings.RELEASE_TRUSTED_KEYS:
        yield Ed25519PublicKey.from_public_bytes(_bytes(text))


def _message(digest: str) -> bytes:
    return _SIGNED.format(digest).encode()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
