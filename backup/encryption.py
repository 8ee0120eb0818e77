"""Encryption of a stream with age (age-encryption.org): to recipients, and back with an identity."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from backup.errors import KeyUnusable, NotABackup
from locales import text

BEGINS = b"age-encryption.org/v1"
_WRONG = (pyrage.RecipientError, pyrage.IdentityError, ValueError, TypeError)


def recipients(key: str) -> list[Any]:
    """The recipients of `key`: an age recipient (`age1…`, `ssh-ed25519 …`) or the path of a file with one on each line.

    Raises `KeyUnusable`, also for a secret key.
    """
    path = Path(key)
    lines = _lines(path) if path.is_file() else [key]
    if any("SECRET-KEY" in line or "PRIVATE KEY" in line for line in lines):
        raise KeyUnusable(
            text("This is the secret half of a key, which reads a backup; give its recipient (age1…) to make one.")
        )
    keys = [_recipient(line) for line in lines]
    if not keys:
        raise KeyUnusable(text("{path} contains no age recipient; expected one on each line.", path=path))
    return keys


def _recipient(line: str) -> Any:
    try:
        kind = pyrage.ssh if line.startswith("ssh-") else pyrage.x25519
        return kind.Recipient.from_str(line)
    except _WRONG as error:
        message = text("{key} is neither an age recipient (age1…, ssh-ed25519 …) nor a file of them.", key=line[:80])
        raise KeyUnusable(message) from error


def identities(key: str) -> list[Any]:
    """The identities in a file: age's own (`AGE-SECRET-KEY-1…`), or an SSH private key. Raises `KeyUnusable`."""
    path = Path(key)
    try:
        content = path.read_bytes()
        if b"PRIVATE KEY" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        keys = [pyrage.x25519.Identity.from_str(line) for line in _lines(path)]
    except (OSError, *_WRONG) as error:
        raise KeyUnusable(text("{path} is not a file with an age identity (AGE-SECRET-KEY-1…).", path=path)) from error
    if not keys:
        raise KeyUnusable(text("{path} is not a file with an age identity (AGE-SECRET-KEY-1…).", path=path))
    return keys


def temporary_identity() -> Any:
    """An identity that exists in this process only, to read back what was written."""
    return pyrage.x25519.Identity.generate()


@contextmanager
def encrypt(target: BinaryIO, to: Sequence[Any]) -> Iterator[BinaryIO]:
    """A stream that is encrypted into `target`; without recipients, `target` itself. Complete when the block ends."""
    if not to:
        yield target
        return
    inside, outside = _pipe()
    with _in_thread(lambda: pyrage.encrypt_io(inside, target, list(to)), inside) as failed, outside:
        yield outside
    if failed:
        raise failed[0]


@contextmanager
def decrypt(source: BinaryIO, by: Sequence[Any]) -> Iterator[BinaryIO]:
    """The contents of an encrypted stream; without identities, `source` itself. Raises `NotABackup`."""
    if not by:
        yield source
        return
    inside, outside = _pipe()
    try:
        with _in_thread(lambda: pyrage.decrypt_io(source, outside, list(by)), outside) as failed, inside:
            yield inside
    except NotABackup:
        if failed:  # the decrypted stream ended early because decryption failed
            raise _undecryptable() from failed[0]
        raise
    if failed:
        raise _undecryptable() from failed[0]


def _undecryptable() -> NotABackup:
    return NotABackup(text("The backup can't be decrypted: another key is needed, or it is truncated or was changed."))


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")


@contextmanager
def _in_thread(act: Callable[[], object], end: BinaryIO) -> Iterator[list[BaseException]]:
    """Run `act` in a thread that owns one end of a pipe; its error, if any, is in the list afterwards."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with end:
                act()
        except (pyrage.EncryptError, pyrage.DecryptError, OSError, ValueError) as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield failed
    finally:
        thread.join()


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnusable(text("{path} can't be read as a file of keys.", path=path)) from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
