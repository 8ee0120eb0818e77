"""What `make verify` found, in lines."""

from collections.abc import Iterator
from pathlib import Path

from access.activity import checkpoint_file
from evidence.integrity.verification import Verified

_NAMED = 5  # orphans by name


def lines(found: Verified, log_key: Path) -> Iterator[str]:
    """What was looked at, whether it is what was written, and what could not be known."""
    if found.log is not None:
        signed = f"{found.log.checkpoints} signed with {found.key}" if found.key else str(found.log.checkpoints)
        yield f"Entries: {found.log.entries}. Checkpoints: {signed}. Last digest: {found.log.last_digest}."
    yield f"Evidence handed in: {found.compared.entries}. Files: {found.read.files} ({found.read.size} bytes)."
    if found.problems:
        yield f"Not everything is what was written: {len(found.problems)} problems."
    else:
        yield "The activity log is what was written, and evidence, decisions, roles and files are what it says."
        yield "Not compared with the log: scope, addresses, mapping, requirements, audits, accounts, tokens, settings."
    yield from _notes(found, log_key)


def _notes(found: Verified, log_key: Path) -> Iterator[str]:
    if found.log is not None and not checkpoint_file.path_of(log_key).exists():
        yield "No checkpoint is kept beside the key yet, so a log that was cut would not be found: start it once."
    if found.compared.without_digest:
        yield (
            f"{found.compared.without_digest} deliveries are from before the log kept a digest of them: of those "
            "it covers files, uploader and verdicts; not their days and failing checks."
        )
    if found.read.orphans:
        named = ", ".join(found.read.orphans[:_NAMED])
        number = len(found.read.orphans)
        yield f"{number} files in the store belong to no evidence, as after an upload that failed: {named}"
