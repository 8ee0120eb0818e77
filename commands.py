"""What whoever runs the machine asks, with or without a running process: `make verify`, `backup`, `restore`, …."""

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
from controls.statement.draft_files import About, Decided, Files, written
from controls.statement.proposals import Proposals, language_of, proposals
from evidence.collect.collecting import collect as collect_now
from evidence.collect.collector_context import CollectorContext
from evidence.integrity import verification as integrity
from evidence.judging.policies import use
from evidence.storage.store import EvidenceStore
from locales import Language, Problem, text
from models.transaction import writing
from settings import engine, settings, store

_MOST = 100  # problems by name


def verify() -> int:
    """Whether database, store and activity log are what was written; each problem by name. Makes nothing."""
    with open_database(settings().database_url, settings().data) as session:
        made_up = is_fictional(session)
        found = integrity.verify(session, EvidenceStore(settings().store_url, read_only=True), settings().log_key)
    if made_up:
        _say("Everything here is made up: a demo (make demo).")
    for line in report_lines(found, settings().log_key):
        _say(line)
    for problem in found.problems[:_MOST]:
        _say(_english().render(problem), sys.stderr)
    return int(bool(found.problems))


def backup(target: str, key: str = "") -> int:
    """A copy of everything in one file, while the product runs; encrypted if a key is given."""
    given = settings()
    where = EvidenceStore(given.store_url, read_only=True)
    place = Installation(given.data, given.database_url, where, given.log_key, given.secret_key, given.postgresql_tools)
    made = create_backup(place, Path(target), key or None)
    how = "encrypted" if made.encrypted else "not encrypted: whoever has it can read it all, keys included"
    _say(f"{target}: {made.files} files of evidence, the database and the keys, {made.size} bytes; {how}.")
    _say("It was read back, and is what was written.")
    return 0


def restore(source: str, key: str = "") -> int:
    """A backup into the empty data folder; says so only when all is proven."""
    given = settings()
    done = restore_backup(Path(source), given.data, given.database, key or None, given.postgresql_tools)
    _say(f"Restored in {given.data}: as it was on {done.made_at}.")
    for line in (*report_lines(done.verified, given.log_key), *map(_english().render, done.verified.problems[:_MOST])):
        _say(line)
    return 0


def link(email: str) -> int:
    """A link for someone who cannot sign in any more and has nobody to ask."""
    with writing(engine()) as (session, now):
        token = make_recovery_link(session, email, now)
    _say(
        f"Works once, within an hour; second factors and passkeys are taken away:\n  {settings().address}/link/{token}"
    )
    return 0


def collect() -> int:
    """Collect evidence of the product itself, and say what came of it; 1 if something could not be looked at."""
    use(settings().policies)
    outcomes = collect_now(
        engine(),
        store(),
        CollectorContext(settings().address, settings().log_key, store=store(), verbs=VERBS),
        again=True,
    )
    for one in outcomes:
        _say(f"{one.collector.title}: {' '.join(filter(None, (one.result, one.verdict, str(one.why or ''))))}")
    return int(any(one.result == "failed" for one in outcomes))


def draft(file: str, folder: str) -> int:
    """A statement's files from a text, every sentence a proposal: nothing of it loads before somebody confirmed it."""
    path, where = Path(file), Path(folder)
    found, files = _started(path)
    where.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("md", files.text), ("yaml", files.yaml)):
        place = where / f"{files.key}.{suffix}"
        if place.exists() and (suffix != "md" or place.read_text(encoding="utf-8") != content):
            _say(f"{place} is there already, and is left as it is. Say another folder: OUT=folder", sys.stderr)
            return 1
        place.write_text(content, encoding="utf-8", newline="\n")
    _say(f"{found.looked_at} sentences. {len(found.proposals)} seem to promise something; nobody confirmed them yet.")
    _say(f"Read {where / files.key}.yaml: its first lines say what to do.")
    return 0


def _started(path: Path) -> tuple[Proposals, Files]:
    try:
        given = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(text("{file} can't be read as UTF-8 text.", file=str(path))) from error
    found = proposals(given, language_of(given))
    title = next((line[2:].strip() for line in found.text.splitlines() if line.startswith("# ")), "")
    said = About(key_of(path.stem) or "statement", title, language=found.language)
    return found, written(said, found, [Decided(one.quote, (one.measure,), confirmed=False) for one in found.proposals])


COMMANDS: dict[str, Callable[..., int]] = {
    "verify": verify,
    "backup": backup,
    "restore": restore,
    "link": link,
    "collect": collect,
    "draft": draft,
}
#: how many words come after the command's own
_TAKE: dict[str, tuple[int, ...]] = {"link": (1,), "draft": (2,), "backup": (1, 2), "restore": (1, 2)}


_EXPECTED = (
    "Expected one of: verify, backup file [recipient], restore file [identity], link name@example.org, collect, "
    "draft text.md folder."
)


def main(words: Sequence[str]) -> int:
    """Run a command; 1 and why, if it cannot be done."""
    if not words or words[0] not in COMMANDS or len(words) - 1 not in _TAKE.get(words[0], (0,)):
        _say(_EXPECTED, sys.stderr)
        return 2
    os.umask(0o077)  # whatever is written is for its owner only
    try:
        return COMMANDS[words[0]](*words[1:])
    except Problem as problem:
        _say(str(problem), sys.stderr)
    except (OperationalError, ProgrammingError):
        _say(f"There is no database of Aantoonbaar yet in {settings().data}: start it once.", sys.stderr)
    return 1


def _english() -> Language:
    return Language("en", settings().time_zone)


def _say(words: str, where: TextIO | None = None) -> None:
    print(words, file=where)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
