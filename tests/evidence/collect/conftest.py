"""The product in use: an officer, a reader, their agreements and sign-ins, and its own requirements."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update

from access.activity.checkpoints import sign_new_entries
from access.people import accounts, agreements, sessions
from access.permissions import BUILT_IN, READER, SECURITY_OFFICER
from access.sign_in import login_log
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks.collectors import COLLECTORS
from evidence.collect.own_checks.daily_collection import Outcome, collect
from migrations.append_only import LATER, TABLES
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness import readiness
from tests.access.households import DAY, HOUR, NOON, TODAY, do, enrol, person
from tests.evidence.office import Office, open_office

REQUIREMENTS = [key for collector in COLLECTORS for key in collector.requirements]


@dataclass
class Product:
    """One database and store in which everything holds."""

    engine: Engine
    office: Office
    context: CollectorContext
    officer: str
    reader: str

    def collect(self, key: str = "", at: datetime = NOON, **named) -> dict[str, Outcome]:
        chosen = [collector for collector in COLLECTORS if key in ("", collector.key)]
        outcomes = collect(self.engine, self.office.store, self.context, at, collectors=chosen, **named)
        return {outcome.collector.key: outcome for outcome in outcomes}

    def failing(self, key: str) -> list[str]:
        """The checks that fail when this is collected now; the verdict is a fail exactly if there are any."""
        outcome = self.collect(key, again=True)[key]
        failing = sorted({check for cell in outcome.filed.covered for check, _ in cell.failing})
        assert outcome.verdict == ("fail" if failing else "pass")
        return [check.removeprefix(f"{key}.") for check in failing]

    def status(self, requirement: str, at: datetime = NOON) -> str:
        with reading(self.engine) as session:
            answer = readiness(session, BUILT_IN, TODAY, datetime(2030, 1, 1, tzinfo=UTC))
        return next(cell.status for cell in answer.cells if cell.key == (requirement, "aantoonbaar", ""))

    def do(self, act, at: datetime = NOON - HOUR):
        with writing(self.engine, at) as (session, now):
            return act(session, now)

    def tamper(self, act) -> None:
        """Change rows as a person with all rights on the database could."""

        def unguarded(session, now):
            for name in (*TABLES, *LATER):
                if session.get_bind().dialect.name == "sqlite":
                    for verb in ("update", "delete"):
                        session.execute(text(f"DROP TRIGGER IF EXISTS {name}_refuse_{verb}"))
                else:
                    session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))
            act(session, now)

        self.do(unguarded)

    def change(self, name: str, **values) -> None:
        self.tamper(lambda session, _now: session.execute(update(table(name)).values(**values)))

    def failures(self) -> list[tuple[str, dict]]:
        log = table("activity")
        with reading(self.engine) as session:
            failures = select(log.c.subject, log.c.details).where(log.c.verb == "evidence.collect_failed")
            return [tuple(row) for row in session.execute(failures)]


def sign_in(engine, account, email, at):
    def act(session, now):
        login_log.record_attempt(session, login_log.SignInAttempt(email, account, "192.0.2.7", "test", "password"), now)
        return sessions.start(session, account, now)

    with writing(engine, at) as (session, now):
        return act(session, now)


def accept(engine, account, at):
    with writing(engine, at) as (session, now):
        someone = accounts.find_person(session, account, now)
        for agreement in agreements.list_to_accept(session, account, someone.roles, TODAY):
            agreements.accept(session, someone, account, agreement.id, "", now)


@pytest.fixture
def product(engine: Engine, tmp_path: Path) -> Product:
    office = open_office(engine, tmp_path)
    add_requirements(engine)
    officer = person(engine, "Olga", "olga@example.org", [(SECURITY_OFFICER, None, None)])
    reader = person(engine, "Ruud", "ruud@example.org", [(READER, None, None)])
    do(engine, agreements.publish_first_versions, at=NOON - 3 * DAY)
    for account, email in ((officer, "olga@example.org"), (reader, "ruud@example.org")):
        sign_in(engine, account, email, NOON - 2 * DAY)
        accept(engine, account, NOON - 2 * DAY)
    enrol(engine, officer, at=NOON - DAY - HOUR)
    with writing(engine, NOON - DAY) as (session, now):
        row = {"key": "second_factor_roles", "value": [SECURITY_OFFICER], "changed_at": now, "changed_by": "Olga"}
        session.execute(insert(table("setting")), [row])
    context = CollectorContext("http://127.0.0.1:8600", tmp_path / "log-key.pem", store=office.store)
    sign_new_entries(engine, context.log_key)
    return Product(engine, office, context, officer, reader)


def add_requirements(engine: Engine) -> None:
    """Add the requirements of the shipped statement that collectors have evidence for, shortened."""
    row = {"measure": "m", "control": None, "team": "platform", "title_nl": "E", "title_en": "E", "retired": False}
    row |= {"kind": "test", "formats": ["junit"], "scope": "system", "policy": "junit", "renewal": "P30D"}
    row |= {"review": "automatic", "applies_to": "keeps-evidence", "judged_nl": "", "judged_en": ""}
    with writing(engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        rows = [{"key": key, "recorded_at": now, **row} for key in REQUIREMENTS]
        session.execute(insert(table("evidence_requirement")), rows)
