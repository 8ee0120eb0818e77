"""age (age-encryption.org) around a stream: to recipients, and back with an identity."""

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
    """Of an age recipient (`age1…`, `ssh-ed25519 …`), or of a file with one on each line."""
    path = Path(key)
    lines = _lines(path) if path.is_file() else [key]
    if any("SECRET-KEY" in line or "PRIVATE KEY" in line for line in lines):
        raise KeyUnusable(
            text("This key is the secret half, with which a backup is read; give its recipient (age1…) to make one.")
        )
    found = [_recipient(line) for line in lines]
    if not found:
        raise KeyUnusable(text("There is no age recipient in {path}; expected one on each line.", path=path))
    return found


def _recipient(line: str) -> Any:
    try:
        kind = pyrage.ssh if line.startswith("ssh-") else pyrage.x25519
        return kind.Recipient.from_str(line)
    except _WRONG as error:
        message = text("{key} is no age recipient (age1…, ssh-ed25519 …) and no file of them.", key=line[:80])
        raise KeyUnusable(message) from error


def identities(key: str) -> list[Any]:
    """Of a file with the secret half: age's own (`AGE-SECRET-KEY-1…`), or an SSH key."""
    path = Path(key)
    try:
        content = path.read_bytes()
        if b"PRIVATE KEY" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        found = [pyrage.x25519.Identity.from_str(line) for line in _lines(path)]
    except (OSError, *_WRONG) as error:
        raise KeyUnusable(text("{path} is no file with an age identity (AGE-SECRET-KEY-1…).", path=path)) from error
    if not found:
        raise KeyUnusable(text("{path} is no file with an age identity (AGE-SECRET-KEY-1…).", path=path))
    return found


def passing() -> Any:
    """An identity that exists in this process only, to read back what was just written."""
    return pyrage.x25519.Identity.generate()


@contextmanager
def encrypted(target: BinaryIO, to: Sequence[Any]) -> Iterator[BinaryIO]:
    """A stream that is encrypted into the target; as it is, if it is to nobody. All is written when this ends."""
    if not to:
        yield target
        return
    inside, outside = _pipe()
    with _beside(lambda: pyrage.encrypt_io(inside, target, list(to)), inside) as failed, outside:
        yield outside
    if failed:
        raise failed[0]


@contextmanager
def decrypted(source: BinaryIO, by: Sequence[Any]) -> Iterator[BinaryIO]:
    """What is in an encrypted stream; as it is, if nobody is needed to read it."""
    if not by:
        yield source
        return
    inside, outside = _pipe()
    try:
        with _beside(lambda: pyrage.decrypt_io(source, outside, list(by)), outside) as failed, inside:
            yield inside
    except NotABackup:
        if failed:  # what was cut off for us is what could not be decrypted
            raise _undecryptable() from failed[0]
        raise
    if failed:
        raise _undecryptable() from failed[0]


def _undecryptable() -> NotABackup:
    return NotABackup(text("The backup can't be decrypted: another key is needed, or it was cut off or changed."))


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")


@contextmanager
def _beside(act: Callable[[], object], end: BinaryIO) -> Iterator[list[BaseException]]:
    """Do something in a thread that has one end of a pipe; what went wrong there is in the list afterwards."""
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
