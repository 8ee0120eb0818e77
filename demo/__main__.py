"""`make demo`: creates a fictional organisation in its own folder, and a sign-in link for each role."""

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
    """Yield a line for each person with a one-time link, the security officer first."""
    bring_up_to_date(engine())
    for demo_person in PEOPLE:
        with writing(engine()) as (session, now):
            token = make_recovery_link(session, demo_person.email, now)
        team = f" ({demo_person.team})" if demo_person.team else ""
        person = f"{demo_person.role}{team}: {demo_person.name}, {demo_person.email}"
        yield f"  {person}\n    {settings().address}/link/{token}"


def main() -> int:
    """Create the demo if needed and print the links; returns 1 if the folder contains other data."""
    data = settings().data.resolve()
    if settings().database:
        _print("The demo keeps its data in its own folder: leave AANTOONBAAR_DATABASE out.", sys.stderr)
        return 1
    os.umask(0o077)  # files are readable by their owner only
    if data.exists() and any(data.iterdir()):
        if not is_demo(data):
            _print(f"{data} contains other data and was not changed. Choose another folder: DATA=…", sys.stderr)
            return 1
    else:
        _print("Creating eighteen months of a fictional organisation; this takes a minute, once.")
        build(data, datetime.now(UTC))
    _print("Fictional, for this machine only. Each link works once, within an hour; it lets you choose a password.")
    try:
        for line in links():
            _print(line)
    except Problem as problem:
        _print(str(problem), sys.stderr)
        return 1
    return 0


def _print(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
