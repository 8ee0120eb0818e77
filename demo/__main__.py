"""`make demo`: makes the made-up organisation in a folder of its own, and a way in for each role."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import SQLAlchemyError

from access.sign_in.rescue import rescue
from access.web.fictional import is_fictional
from demo.history import tell
from demo.people import CAST
from evidence.storage.store import EvidenceStore
from locales import Problem
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.owner_only import make_database, make_folder
from models.transaction import make_engine, reading, writing
from settings import engine, settings

_DATABASE = "aantoonbaar.db"


def build(data: Path, now: datetime) -> None:
    """The folder with its history until this moment; whole, or not there."""
    half = data.with_name(f"{data.name}.building")
    shutil.rmtree(half, ignore_errors=True)
    make_folder(half, _DATABASE)
    make_database(half / _DATABASE)
    being_made = make_engine(f"sqlite:///{half / _DATABASE}", settings().calendar)
    tell(being_made, EvidenceStore(str(half / "evidence")), calendar_of(being_made).day_of(now))
    being_made.dispose()
    if data.exists():
        data.rmdir()  # it is empty
    half.rename(data)


def is_demo(data: Path) -> bool:
    """Whether the folder holds a made-up organisation."""
    if not (data / _DATABASE).is_file():
        return False
    there = make_engine(f"sqlite:///{data / _DATABASE}", settings().calendar)
    try:
        with reading(there) as session:
            return is_fictional(session)
    except SQLAlchemyError:
        return False
    finally:
        there.dispose()


def links() -> Iterator[str]:
    """Who each person of the story is and a link that works once for them, the security officer first."""
    bring_up_to_date(engine())
    for figure in CAST:
        with writing(engine()) as (session, now):
            token = rescue(session, figure.email, now)
        team = f" ({figure.team})" if figure.team else ""
        yield f"  {figure.role}{team}: {figure.name}, {figure.email}\n    {settings().address}/link/{token}"


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
