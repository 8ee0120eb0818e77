"""`make demo`: creates the made-up organisation in its own folder, and a sign-in link for each role."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import SQLAlchemyError

from access.sign_in.account_recovery import make_recovery_link
from access.web.fictional_data import is_fictional
from demo.history import build_history
from demo.people import PEOPLE
from evidence.storage.store import EvidenceStore
from locales import Problem
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.owner_only import make_database, make_folder
from models.transaction import make_engine, reading, writing
from settings import engine, settings

_DATABASE = "aantoonbaar.db"


def build(data: Path, now: datetime) -> None:
    """Create the folder with its history until this moment; on failure there is no folder."""
    unfinished = data.with_name(f"{data.name}.building")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished, _DATABASE)
    make_database(unfinished / _DATABASE)
    new_engine = make_engine(f"sqlite:///{unfinished / _DATABASE}", settings().calendar)
    build_history(new_engine, EvidenceStore(str(unfinished / "evidence")), calendar_of(new_engine).day_of(now))
    new_engine.dispose()
    if data.exists():
        data.rmdir()  # it is empty
    unfinished.rename(data)


def is_demo(data: Path) -> bool:
    """Whether the folder contains a demo."""
    if not (data / _DATABASE).is_file():
        return False
    demo_engine = make_engine(f"sqlite:///{data / _DATABASE}", settings().calendar)
    try:
        with reading(demo_engine) as session:
            return is_fictional(session)
    except SQLAlchemyError:
        return False
    finally:
        demo_engine.dispose()


def links() -> Iterator[str]:
    """A line for each person with a link that works once, the security officer first."""
    bring_up_to_date(engine())
    for demo_person in PEOPLE:
        with writing(engine()) as (session, now):
            token = make_recovery_link(session, demo_person.email, now)
        team = f" ({demo_person.team})" if demo_person.team else ""
        person = f"{demo_person.role}{team}: {demo_person.name}, {demo_person.email}"
        yield f"  {person}\n    {settings().address}/link/{token}"


def main() -> int:
    """Make what is not there yet, and print the links; 1 if the folder is somebody's own."""
    data = settings().data.resolve()
    if settings().database:
        _say("The demo keeps its data in its own folder: leave AANTOONBAAR_DATABASE out.", sys.stderr)
        return 1
    os.umask(0o077)  # whatever is written is for its owner only
    if data.exists() and any(data.iterdir()):
        if not is_demo(data):
            _say(f"{data} holds something that is no demo, and is left as it is. Say another: DATA=…", sys.stderr)
            return 1
    else:
        _say("Making eighteen months of a made-up organisation; this takes a minute, once.")
        build(data, datetime.now(UTC))
    _say("Made up, and for this machine only. Each link works once, within an hour; choose any password with it.")
    try:
        for line in links():
            _say(line)
    except Problem as problem:
        _say(str(problem), sys.stderr)
        return 1
    return 0


def _say(words: str, where: TextIO | None = None) -> None:
    print(words, file=where, flush=True)


if __name__ == "__main__":
    sys.exit(main())
