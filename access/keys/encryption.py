"""Encryption of stored secrets: AES-256-GCM with a key derived from one that is kept outside the database."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from access.errors import NotDecrypted
from locales import text

_NONCE = 12  # bytes (NIST SP 800-38D); random, and few enough for them to differ
_SHORTEST_KEY = 16  # bytes


def encrypt(secret: str, key: bytes, belongs_to: str) -> str:
    """The secret as it is stored (base64). `belongs_to` (what it is, whose) is needed again to decrypt it."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, secret.encode(), belongs_to.encode())).decode()


def decrypt(stored: str, key: bytes, belongs_to: str) -> str:
    """The secret. Raises `NotDecrypted` if it was changed or moved to another row, or the key is another."""
    try:
        content = base64.b64decode(stored, validate=True)
        return _cipher(key).decrypt(content[:_NONCE], content[_NONCE:], belongs_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise NotDecrypted(
            text(
                "A stored secret cannot be read: the key is not the one that encrypted it, or the secret was changed. "
                "Put the right key back, from a backup for instance."
            )
        ) from error


def _cipher(key: bytes) -> AESGCM:
    """A cipher with a key for this purpose alone (HKDF, RFC 5869)."""
    if len(key) < _SHORTEST_KEY:
        raise NotDecrypted(text("The key for stored secrets needs at least {n} bytes.", n=_SHORTEST_KEY))
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"aantoonbaar: secrets at rest").derive(key)
    return AESGCM(derived)
