"""The report of `make verify`."""

from collections.abc import Iterator
from pathlib import Path

from access.activity import checkpoint_file
from evidence.integrity.verification import Verified

_NAMED = 5  # orphans by name


def report_lines(verified: Verified, log_key: Path) -> Iterator[str]:
    """The lines of the report: what was verified, the outcome, and what could not be verified."""
    if verified.log is not None:
        log = verified.log
        signed = f"{log.checkpoints} signed with {verified.key}" if verified.key else str(log.checkpoints)
        yield f"Entries: {log.entries}. Checkpoints: {signed}. Last digest: {log.last_digest}."
    stored = verified.read
    yield f"Evidence uploaded: {verified.compared.entries}. Files: {stored.files} ({stored.size} bytes)."
    if verified.problems:
        yield f"Not everything is what was written: {len(verified.problems)} problems."
    else:
        yield "The activity log is what was written, and evidence, decisions, roles and files are what it says."
        yield (
            "Not compared with the log: scope, addresses, mapping, requirements and who provides them, planned days, "
            "audits, accounts, tokens, settings; "
            "nor the results item by item, which can be read again from the files."
        )
    yield from _notes(verified, log_key)


def _notes(verified: Verified, log_key: Path) -> Iterator[str]:
    if verified.log is not None and not checkpoint_file.path_of(log_key).exists():
        yield "No checkpoint is kept beside the key yet, so a log that was cut would not be found: start it once."
    if verified.compared.without_digest:
        yield (
            f"{verified.compared.without_digest} deliveries are from before the log kept a digest of them: of those "
            "it covers files, uploader and verdicts; not their days and failing checks."
        )
    if verified.read.orphans:
        named = ", ".join(verified.read.orphans[:_NAMED])
        number = len(verified.read.orphans)
        yield f"{number} files in the store belong to no evidence, as after an upload that failed: {named}"
