"""The file with the key that signs the activity log's checkpoints; made at the first start, never replaced."""

import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from access.errors import KeyUnusable
from access.keys.key_file import write_once
from locales import text


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key in the file, which is made if it does not exist. Raises `KeyUnusable`."""
    if not path.exists():
        write_once(path, _new())
    return existing_key(path)


def existing_key(path: Path) -> Ed25519PrivateKey:
    """The key in the file; never makes one. Raises `KeyUnusable`."""
    try:
        others = stat.S_IMODE(path.stat().st_mode) & 0o077
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(text("{path} is not a readable Ed25519 key in PEM form.", path=path)) from error
    if others:
        raise KeyUnusable(text("Other users can read the key {path}: restrict it to its owner (chmod 600).", path=path))
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(text("{path} is not a readable Ed25519 key in PEM form.", path=path))
    return key


def _new() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
