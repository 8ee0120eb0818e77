"""The history of the demo: eighteen months of Duinroos Zorgsoftware, a fictional organisation, until yesterday.

Days count back from today; days to come are below zero. Uploads are in `scans_and_tests`, `register_uploads` and
`document_uploads`, due days in `task_plan`.
"""

import re
import shutil
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import SYSTEM
from access.web import fictional_data
from audits import applicability, nonconformities
from audits.planning import plan_audit
from controls import mapping
from controls.browse import lookup
from controls.load import load
from controls.scope import system_scope
from demo import people
from demo.document_uploads import upload_documents
from demo.register_uploads import upload_registers, users
from demo.scans_and_tests import TARGETS, scans, tests
from demo.scenario import Scenario
from demo.statement import STATEMENTS
from demo.task_plan import assign_and_plan
from evidence.collect.own_checks import own_system
from evidence.storage.store import EvidenceStore
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.vocabulary import ControlKind, Implementation, InclusionReason

BEGIN = 550
LAST_AUDIT, AUDIT = 252, -112
_SECOND_VERSION = 215  # of the statement, published
_ISO = "iso27001-2022"

_APPLICABILITY = Path(__file__).with_name("applicability.yaml")
_RISK = re.compile(r"R-\d+")


def build_history(engine: Engine, store: EvidenceStore, today: date) -> Scenario:
    """Build the history in an empty database, until this morning; the same for the same day."""
    bring_up_to_date(engine)
    scenario = Scenario(engine, store, today, calendar_of(engine))
    plan(scenario)
    scenario.run()
    return scenario


def plan(scenario: Scenario) -> None:
    """Plan all events, without carrying them out."""
    _beginning(scenario)
    _audits(scenario)
    scans(scenario)
    tests(scenario)
    users(scenario)
    upload_registers(scenario)
    upload_documents(scenario)
    assign_and_plan(scenario)


# ── Setting up ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _beginning(scenario: Scenario) -> None:
    """Plan the first days: people, statement, scope, mapping and applicability."""
    scenario.then(BEGIN, lambda session, now: fictional_data.mark_fictional(session, SYSTEM, now), "07:00")
    scenario.then(BEGIN, partial(_loaded, versions=1), "07:30")
    people.arrive(scenario, BEGIN)
    people.build_servers(scenario, BEGIN - 1)
    people.build_servers(scenario, 200)
    scenario.then(BEGIN, partial(_without_itself, scenario), "09:00")
    scenario.then(BEGIN - 1, partial(_in_scope, scenario), "09:30")
    scenario.then(BEGIN - 1, partial(_mapped, scenario), "15:00")
    scenario.then(BEGIN - 2, partial(_applicable, scenario), "10:00")
    scenario.then(_SECOND_VERSION, partial(_loaded, versions=2), "08:00")
    scenario.then(_SECOND_VERSION, partial(_mapped, scenario), "14:00")


def _loaded(session: Session, now: datetime, *, versions: int) -> None:
    """Load the first versions of the statement."""
    with TemporaryDirectory() as folder:
        for path in sorted(STATEMENTS.glob("*.yaml"))[:versions]:
            for file in (path, path.with_suffix(".md")):
                shutil.copy(file, folder)
        load(session, SYSTEM, now, statements=Path(folder))


def _without_itself(scenario: Scenario, session: Session, now: datetime) -> None:
    """Take the product itself out of scope again: the demo has four systems."""
    own_system.put_in_scope(session, now)
    officer = scenario.person(session, "officer", now)
    own = next(
        row
        for row in lookup.in_scope(session, officer, calendar_of(session).day_of(now), now)
        if row.key == own_system.KEY
    )
    system_scope.withdraw(session, officer, own.period_key, now + timedelta(microseconds=1))


def _in_scope(scenario: Scenario, session: Session, now: datetime) -> None:
    officer = scenario.person(session, "officer", now)
    for target in TARGETS:
        system_scope.bring_into_scope(
            session, officer, target.system, calendar_of(session).day_of(now), now, target=target.host
        )


def _mapped(scenario: Scenario, session: Session, now: datetime) -> None:
    """The second officer reviews the mapping."""
    second = scenario.person(session, "second", now)
    waiting = [row.id for row in mapping.list_mappings(session, second, waiting=True)]
    mapping.review(session, second, waiting, now)


def _applicable(scenario: Scenario, session: Session, now: datetime) -> None:
    """The Statement of Applicability, control by control."""
    officer = scenario.person(session, "officer", now)
    justification = yaml.safe_load(_APPLICABILITY.read_text(encoding="utf-8"))
    for control in lookup.controls(session, officer, _ISO):
        if control.kind == ControlKind.CLAUSE:
            continue
        reason = justification["excluded"].get(control.ref) or justification["applies"][control.ref]
        applies = control.ref in justification["applies"]
        stated = _stated(reason) if applies else applicability.NOT_STATED
        day = calendar_of(session).day_of(now)
        applicability.decide(session, officer, control.key, applies, reason, day, now, stated)


def _stated(reason: str) -> applicability.Inclusion:
    """The reasons for inclusion that a justification names: a risk of the register, a contract, a law."""
    risk = _RISK.search(reason)
    signs = {
        InclusionReason.RISK: risk,
        InclusionReason.LAW: re.search("authority|legal", reason),
        InclusionReason.CONTRACT: re.search("contracts?|agreement", reason),
    }
    named = tuple(kind for kind, sign in signs.items() if sign) or (InclusionReason.GOOD_PRACTICE,)
    return applicability.Inclusion(named, risk[0] if risk else "", Implementation.IMPLEMENTED)


# ── Audits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _audits(scenario: Scenario) -> None:
    """Plan last year's surveillance audit with three findings, one still open, and this year's in sixteen weeks."""
    scenario.then(
        BEGIN - 3, lambda session, now: _planned(scenario, session, now, people.LAST_AUDIT, LAST_AUDIT, BEGIN)
    )
    people.audited_by(scenario, 320, people.LAST_AUDIT)
    findings = {
        "A.8.13": ("major", "No full restore of a backup in fourteen months"),
        "A.5.18": ("minor", "Two accounts of the help desk without a reason in the request for access"),
        "A.5.37": ("minor", "A runbook was older than the environment that it describes"),
    }
    numbers: dict[str, int] = {}

    def record(session: Session, now: datetime) -> None:
        auditor = scenario.person(session, "auditor", now)
        for ref, (grade, title) in findings.items():
            day = scenario.day(LAST_AUDIT)
            key = f"{_ISO}:{ref}"
            numbers[ref] = nonconformities.record_nonconformity(session, auditor, key, grade, title, day, now)

    def close(ref: str, session: Session, now: datetime) -> None:
        auditor = scenario.person(session, "auditor", now)
        nonconformities.close_nonconformity(session, auditor, numbers[ref], calendar_of(session).day_of(now), now)

    scenario.then(LAST_AUDIT - 2, record)
    scenario.then(195, lambda session, now: close("A.8.13", session, now))
    scenario.then(94, lambda session, now: close("A.5.37", session, now))
    scenario.then(100, lambda session, now: _planned(scenario, session, now, people.AUDIT, AUDIT, LAST_AUDIT - 1))
    people.audited_by(scenario, 90, people.AUDIT)


def _planned(scenario: Scenario, session: Session, now: datetime, key: str, day: int, since: int) -> None:
    officer = scenario.person(session, "officer", now)
    title = "Recertification" if key == people.AUDIT else "Surveillance audit"
    plan_audit(session, officer, key, title, scenario.day(day), scenario.day(since), None, [_ISO], [], now)
