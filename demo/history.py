"""The story: eighteen months of Duinroos Zorgsoftware, made up, until yesterday.

Days count back from today; days to come are below zero. What is handed in stands in `machines`, `kept`, `documents`.
"""

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import yaml
from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import SYSTEM
from access.web import fictional
from audits import applicability, nonconformities
from audits.planning import plan_audit
from controls import mapping
from controls.browse import lookup
from controls.load import load
from controls.scope import system_scope
from demo import people
from demo.documents import hand_in_documents
from demo.kept import kept_registers, users
from demo.machines import TARGETS, scans, tests
from demo.statement import STATEMENTS
from demo.story import Story
from evidence.collect import own_system
from evidence.storage.store import EvidenceStore
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.vocabulary import ControlKind

BEGIN = 550
LAST_AUDIT, AUDIT = 252, -112
_ISO = "iso27001-2022"

_APPLICABILITY = Path(__file__).with_name("applicability.yaml")


def tell(engine: Engine, store: EvidenceStore, today: date) -> Story:
    """From an empty database to this morning; the same for the same day."""
    bring_up_to_date(engine)
    story = Story(engine, store, today)
    plan(story)
    story.tell()
    return story


def plan(story: Story) -> None:
    """Everything that happens, without making it so."""
    _beginning(story)
    _audits(story)
    scans(story)
    tests(story)
    users(story)
    kept_registers(story)
    hand_in_documents(story)


# ── Setting up ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _beginning(story: Story) -> None:
    """The first days: who there is, what is promised, what is in scope, which controls apply."""
    story.then(BEGIN, lambda session, now: fictional.mark(session, SYSTEM, now), "07:00")
    story.then(BEGIN, _loaded, "07:30")
    people.arrive(story, BEGIN)
    people.build_servers(story, BEGIN - 1)
    people.build_servers(story, 200)
    story.then(BEGIN, partial(_without_itself, story), "09:00")
    story.then(BEGIN - 1, partial(_in_scope, story), "09:30")
    story.then(BEGIN - 1, partial(_mapped, story), "15:00")
    story.then(BEGIN - 2, partial(_applicable, story), "10:00")


def _loaded(session: Session, now: datetime) -> None:
    load(session, SYSTEM, now, statements=STATEMENTS)


def _without_itself(story: Story, session: Session, now: datetime) -> None:
    """The product puts itself in scope and the officer takes it out: the demo is about four systems."""
    own_system.put_in_scope(session, now)
    officer = story.person(session, "officer", now)
    own = next(
        one
        for one in lookup.in_scope(session, officer, calendar_of(session).day_of(now), now)
        if one.key == own_system.KEY
    )
    system_scope.withdraw(session, officer, own.period_key, now + timedelta(microseconds=1))


def _in_scope(story: Story, session: Session, now: datetime) -> None:
    officer = story.person(session, "officer", now)
    for target in TARGETS:
        system_scope.bring_into_scope(
            session, officer, target.system, calendar_of(session).day_of(now), now, target=target.host
        )


def _mapped(story: Story, session: Session, now: datetime) -> None:
    """The second officer reviews which measure shows which control."""
    second = story.person(session, "second", now)
    waiting = [row.id for row in mapping.list_mappings(session, second, waiting=True)]
    mapping.review(session, second, waiting, now)


def _applicable(story: Story, session: Session, now: datetime) -> None:
    """The Statement of Applicability, control by control."""
    officer = story.person(session, "officer", now)
    said = yaml.safe_load(_APPLICABILITY.read_text(encoding="utf-8"))
    for control in lookup.controls(session, officer, _ISO):
        if control.kind == ControlKind.CLAUSE:
            continue
        reason = said["excluded"].get(control.ref) or said["applies"][control.ref]
        applies = control.ref in said["applies"]
        applicability.decide(session, officer, control.key, applies, reason, calendar_of(session).day_of(now), now)


# ── Audits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _audits(story: Story) -> None:
    """Last year's surveillance with three findings, of which one stays open; and this year's, sixteen weeks ahead."""
    story.then(BEGIN - 3, lambda session, now: _planned(story, session, now, people.LAST_AUDIT, LAST_AUDIT, BEGIN))
    people.audited_by(story, 320, people.LAST_AUDIT)
    found = {
        "A.8.13": ("major", "No full restore of a backup in fourteen months"),
        "A.5.18": ("minor", "Two accounts of the help desk without a reason in the request for access"),
        "A.5.37": ("minor", "A runbook was older than the environment that it describes"),
    }
    numbers: dict[str, int] = {}

    def record(session: Session, now: datetime) -> None:
        auditor = story.person(session, "auditor", now)
        for ref, (grade, title) in found.items():
            day = story.day(LAST_AUDIT)
            key = f"{_ISO}:{ref}"
            numbers[ref] = nonconformities.record_nonconformity(session, auditor, key, grade, title, day, now)

    def close(ref: str, session: Session, now: datetime) -> None:
        auditor = story.person(session, "auditor", now)
        nonconformities.close_nonconformity(session, auditor, numbers[ref], calendar_of(session).day_of(now), now)

    story.then(LAST_AUDIT - 2, record)
    story.then(195, lambda session, now: close("A.8.13", session, now))
    story.then(101, lambda session, now: close("A.5.37", session, now))
    story.then(100, lambda session, now: _planned(story, session, now, people.AUDIT, AUDIT, LAST_AUDIT - 1))
    people.audited_by(story, 90, people.AUDIT)


def _planned(story: Story, session: Session, now: datetime, key: str, day: int, since: int) -> None:
    officer = story.person(session, "officer", now)
    title = "Recertification" if key == people.AUDIT else "Surveillance audit"
    plan_audit(session, officer, key, title, story.day(day), story.day(since), None, [_ISO], [], now)
