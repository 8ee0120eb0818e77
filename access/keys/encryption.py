"""Secrets at rest: AES-256-GCM with a key derived from the one that the caller keeps outside the database."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from access.errors import NotDecrypted
from locales import text

_NONCE = 12  # bytes, as AES-GCM asks; random, and few enough are made for them to differ
_SHORTEST_KEY = 16  # bytes


def encrypt(secret: str, key: bytes, belongs_to: str) -> str:
    """The secret as it is stored. `belongs_to` (what it is of, whose it is) is needed again to read it."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, secret.encode(), belongs_to.encode())).decode()


def decrypt(stored: str, key: bytes, belongs_to: str) -> str:
    """The secret. One that was moved to another row, or changed, is not read."""
    try:
        content = base64.b64decode(stored, validate=True)
        return _cipher(key).decrypt(content[:_NONCE], content[_NONCE:], belongs_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise NotDecrypted(
            text("A stored secret cannot be read: the key is not the one it was kept with, or the secret was changed.")
        ) from error


def _cipher(key: bytes) -> AESGCM:
    """Derived for this purpose alone, so that the same key can serve another."""
    if len(key) < _SHORTEST_KEY:
        raise NotDecrypted(text("The key for stored secrets has at least {n} bytes.", n=_SHORTEST_KEY))
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"aantoonbaar: secrets at rest").derive(key)
    return AESGCM(derived)
