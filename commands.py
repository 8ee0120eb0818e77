"""What whoever runs the machine asks, with or without a running process: `make verify`, `make link`, `make collect`."""

import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from sqlalchemy.exc import OperationalError, ProgrammingError

from access import chain
from access.rescue import rescue
from access.signing_key import signing_key
from evidence.collect.collecting import collect as collect_now
from evidence.collect.own import Own
from locales import Problem
from models.transaction import reading, writing
from settings import engine, settings, store


def verify() -> int:
    """Whether the activity log is what was written, and by which key it is signed."""
    key = signing_key(settings().log_key).public_key().public_bytes_raw().hex()
    with reading(engine()) as session:
        found = chain.verify(session, key)
    signed = f"{found.checkpoints} signed with {key}"
    said = f"Entries: {found.entries}. Checkpoints: {signed}. Last digest: {found.last_digest}."
    _say(f"The activity log is what was written. {said}")
    return 0


def link(email: str) -> int:
    """A link for someone who cannot sign in any more and has nobody to ask."""
    with writing(engine()) as (session, now):
        token = rescue(session, email, now)
    _say(
        f"Works once, within an hour; second factors and passkeys are taken away:\n  {settings().address}/link/{token}"
    )
    return 0


def collect() -> int:
    """Collect evidence of the product itself, and say what came of it; 1 if something could not be looked at."""
    outcomes = collect_now(engine(), store(), Own(settings().address, settings().log_key), again=True)
    for one in outcomes:
        _say(f"{one.collector.title}: {' '.join(filter(None, (one.word, one.verdict, str(one.why or ''))))}")
    return int(any(one.word == "failed" for one in outcomes))


COMMANDS: dict[str, Callable[..., int]] = {"verify": verify, "link": link, "collect": collect}
_TAKE = {"link": 1}  # words after the command's own


def main(words: Sequence[str]) -> int:
    """Run a command; 1 and why, if it cannot be done."""
    if not words or words[0] not in COMMANDS or len(words) - 1 != _TAKE.get(words[0], 0):
        _say("Expected one of: verify, link name@example.org, collect.", sys.stderr)
        return 2
    try:
        return COMMANDS[words[0]](*words[1:])
    except Problem as problem:
        _say(str(problem), sys.stderr)
    except (OperationalError, ProgrammingError):
        _say(f"There is no database of Aantoonbaar yet in {settings().data}: start it once.", sys.stderr)
    return 1


def _say(words: str, where: TextIO | None = None) -> None:
    print(words, file=where)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
