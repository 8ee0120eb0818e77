"""Commands for the operator, with or without a running process: `make verify`, `backup`, `restore`, ….

Each command returns the exit status: 0 for success, 1 for a failure, 2 for wrong arguments.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import OperationalError, ProgrammingError

from access.sign_in.account_recovery import make_recovery_link
from access.web.fictional_data import is_fictional
from audits import VERBS
from backup.create_backup import Installation, create_backup
from backup.open_database import open_database
from backup.restore_backup import restore_backup
from backup.verification_report import report_lines
from controls.names import key_of
from controls.statement.files_of_draft import AssignedSentence, StatementDetails, StatementFiles, build_files
from controls.statement.proposed_promises import Proposals, language_of, proposals
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks.daily_collection import collect as collect_now
from evidence.integrity import verification as integrity
from evidence.judging.policies import use
from evidence.storage.store import EvidenceStore
from locales import Language, Problem, text
from models.transaction import writing
from settings import engine, settings, store

_MOST_PROBLEMS = 100  # problems that are printed


def verify() -> int:
    """Verify database, evidence store and activity log, and print each problem; changes nothing."""
    with open_database(settings().database_url, settings().data) as session:
        fictional = is_fictional(session)
        report = integrity.verify(session, EvidenceStore(settings().store_url, read_only=True), settings().log_key)
    if fictional:
        _print("All data here is fictional: a demo (make demo).")
    for line in report_lines(report, settings().log_key):
        _print(line)
    for problem in report.problems[:_MOST_PROBLEMS]:
        _print(_english().render(problem), sys.stderr)
    return int(bool(report.problems))


def backup(target: str, key: str = "") -> int:
    """Write a backup of all data to one file, also while the product runs; encrypted if a key is given.

    `key`: an age recipient.
    """
    config = settings()
    evidence_store = EvidenceStore(config.store_url, read_only=True)
    keys = config.log_key, config.secret_key
    installation = Installation(config.data, config.database_url, evidence_store, *keys, config.postgresql_tools)
    result = create_backup(installation, Path(target), key or None)
    protection = "encrypted" if result.encrypted else "not encrypted: who has this file can read all of it, keys too"
    _print(f"{target}: {result.files} files of evidence, the database and the keys, {result.size} bytes; {protection}.")
    _print("The backup was read back and verified.")
    return 0


def restore(source: str, key: str = "") -> int:
    """Restore a backup into the empty data folder, and verify it before success is reported.

    `key`: the path of an age identity, for an encrypted backup.
    """
    config = settings()
    result = restore_backup(Path(source), config.data, config.database, key or None, config.postgresql_tools)
    _print(f"Restored in {config.data}, as of {result.made_at}.")
    for line in report_lines(result.verified, config.log_key):
        _print(line)
    for problem in result.verified.problems[:_MOST_PROBLEMS]:
        _print(_english().render(problem))
    return 0


def link(email: str) -> int:
    """Print a recovery link for a person who cannot sign in, when no security officer can help."""
    with writing(engine()) as (session, now):
        token = make_recovery_link(session, email, now)
    _print(f"Valid once, within an hour; removes second factors and passkeys:\n  {settings().address}/link/{token}")
    return 0


def collect() -> int:
    """Collect evidence about the product itself and print the outcomes; returns 1 if a collector failed."""
    use(settings().policies)
    outcomes = collect_now(
        engine(),
        store(),
        CollectorContext(settings().address, settings().log_key, store=store(), verbs=VERBS),
        again=True,
    )
    for outcome in outcomes:
        parts = (outcome.result, outcome.verdict, str(outcome.why or ""))
        _print(f"{outcome.collector.title}: {' '.join(filter(None, parts))}")
    return int(any(outcome.result == "failed" for outcome in outcomes))


def draft(file: str, folder: str) -> int:
    """Draft the files of a statement from a Markdown text; every sentence is an unconfirmed proposal."""
    path, out = Path(file), Path(folder)
    proposed, files = _draft_from(path)
    out.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("md", files.text), ("yaml", files.yaml)):
        target = out / f"{files.key}.{suffix}"
        if target.exists() and (suffix != "md" or target.read_text(encoding="utf-8") != content):
            _print(f"{target} exists already and was not changed. Choose another folder: OUT=folder", sys.stderr)
            return 1
        target.write_text(content, encoding="utf-8", newline="\n")
    count, promises = proposed.sentence_count, len(proposed.proposals)
    _print(f"{count} sentences read; {promises} possible promises, none confirmed yet.")
    _print(f"Read {out / files.key}.yaml: its first lines list the next steps.")
    return 0


def _draft_from(path: Path) -> tuple[Proposals, StatementFiles]:
    try:
        pasted = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(text("{file} can't be read as UTF-8 text.", file=str(path))) from error
    proposed = proposals(pasted, language_of(pasted))
    title = next((line[2:].strip() for line in proposed.text.splitlines() if line.startswith("# ")), "")
    details = StatementDetails(key_of(path.stem) or "statement", title, language=proposed.language)
    sentences = [
        AssignedSentence(proposal.quote, (proposal.measure,), confirmed=False)
        for proposal in proposed.proposals
        if proposal.measure
    ]
    return proposed, build_files(details, proposed, sentences)


COMMANDS: dict[str, Callable[..., int]] = {
    "verify": verify,
    "backup": backup,
    "restore": restore,
    "link": link,
    "collect": collect,
    "draft": draft,
}
#: how many arguments each command takes; the others take none
_ARGUMENT_COUNTS: dict[str, tuple[int, ...]] = {"link": (1,), "draft": (2,), "backup": (1, 2), "restore": (1, 2)}


_USAGE = (
    "Expected one of: verify, backup file [recipient], restore file [identity], link name@example.org, collect, "
    "draft text.md folder."
)


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status; failures are printed on the standard error."""
    name, count = (arguments[0], len(arguments) - 1) if arguments else ("", 0)
    if name not in COMMANDS or count not in _ARGUMENT_COUNTS.get(name, (0,)):
        _print(_USAGE, sys.stderr)
        return 2
    os.umask(0o077)  # files are readable by their owner only
    try:
        return COMMANDS[name](*arguments[1:])
    except Problem as problem:
        _print(str(problem), sys.stderr)
    except (OperationalError, ProgrammingError):
        _print(f"There is no database of Aantoonbaar yet in {settings().data}: start Aantoonbaar once.", sys.stderr)
    return 1


def _english() -> Language:
    return Language("en", settings().time_zone)


def _print(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
