"""The demo's organisation with its filled year, for measurements on the data that a reader sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from access.people import sessions
from dashboard.shell.pages import PAGES
from demo.__main__ import build
from models.bulk_changes import table
from models.transaction import make_engine, reading, writing
from tests.days import CALENDAR

OFFICER = "eva@duinroos.example"


@dataclass(frozen=True)
class DemoData:
    """The folder, the security officer's account, and the pages with the query that they are opened with."""

    folder: Path
    officer: str
    pages: Mapping[str, str]

    def engine(self) -> Engine:
        return make_engine(f"sqlite:///{self.folder / 'aantoonbaar.db'}", CALENDAR)

    def signed_in(self, number: int) -> list[str]:
        """The tokens of so many sessions of the officer."""
        engine = self.engine()
        with writing(engine) as (session, now):
            tokens = [sessions.start(session, self.officer, now) for _ in range(number)]
        engine.dispose()
        return tokens


def demo_data(folder: Path) -> DemoData:
    """Build the demo in `folder`, which must not exist yet."""
    build(folder, datetime.now(UTC))
    engine = make_engine(f"sqlite:///{folder / 'aantoonbaar.db'}", CALENDAR)
    account, evidence, requirement = table("account"), table("evidence"), table("evidence_requirement")
    with reading(engine) as session:
        officer = session.execute(select(account.c.id).where(account.c.email == OFFICER)).scalar_one()
        newest = session.execute(select(evidence.c.id).order_by(evidence.c.recorded_at.desc())).scalars().first()
        measures = session.execute(select(requirement.c.measure).where(requirement.c.measure.is_not(None)))
        measure = measures.scalars().first()
    engine.dispose()
    return DemoData(folder, officer, _PAGES | {"evidence-item": f"id={newest}", "measure": f"key={measure}"})


#: The first is the readiness page, at its own address.
_PAGES = dict.fromkeys(PAGES, "") | {
    "control": "key=iso27001-2022:A.8.24",
    "policy": "key=tls-ncsc-nl@2025-05",
}
