"""A year of an organisation's proof, handed in week by week through the one way in: what pages look like in use."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import BUILT_IN, Person
from controls import audit_plan, browse, load, mapping, scope
from controls.durations import parse
from controls.views import RequirementRow
from evidence import review
from evidence.intake import Delivery, Incoming, file, inspect
from evidence.store import EvidenceStore
from locales import Problem
from migrations import bring_up_to_date
from models.transaction import reading, writing
from tests.dashboard.proof import dated_scan, junit

OFFICER = Person("S. de Vries", BUILT_IN.roles)
BUILD_SERVER = Person("platform-ci", BUILT_IN.roles, token=1)
SYSTEM = "saas-products"
TARGETS = ("portal.example.org", "api.example.org")
HOSTS = {"websites": "www.example.org", "newsletters": "news.example.org", "downloads": "files.example.org"}
_WEEKS = 52
_DICE = 7


def fill(engine: Engine, store: EvidenceStore, today: date) -> None:
    """From an empty database to a year later; the same for the same day."""
    bring_up_to_date(engine)
    begin = today - timedelta(weeks=_WEEKS + 1)
    with writing(engine, _at(begin)) as (session, now):
        load.load(session, BUILT_IN, now)
        for target in TARGETS:
            scope.bring_into_scope(session, BUILT_IN, SYSTEM, begin, now, target=target)
        for system, host in HOSTS.items():
            scope.bring_into_scope(session, BUILT_IN, system, begin, now, target=host)
        waiting = [row.id for row in mapping.list_mappings(session, BUILT_IN, waiting=True)]
        mapping.review(session, OFFICER, waiting[:-3] or waiting, now)
        day = today + timedelta(days=113)
        criteria = [catalogue.key for catalogue in browse.catalogues(session, BUILT_IN) if catalogue.followed]
        audit_plan.plan(session, BUILT_IN, "audit", "Recertification", day, begin, today, criteria, [], now)
    with reading(engine) as session:
        requirements = browse.requirements_on(session, datetime.now(UTC))
        attributes = {one.key: one.attributes for one in scope.scope_on(session, today, datetime.now(UTC))}
    for day, asked, system in _plan(requirements, attributes, today):
        _hand_in(engine, store, asked, system, day)


def _plan(
    requirements: Sequence[RequirementRow], attributes: dict[str, tuple[str, ...]], today: date
) -> list[tuple[date, RequirementRow, str]]:
    """Who delivers what on which day: most in time, some late, some never."""
    dice = random.Random(_DICE)
    found = []
    for asked in requirements:
        systems = [key for key, like in attributes.items() if asked.applies_to is None or asked.applies_to in like]
        for system in systems if asked.scope != "organisation" else [""]:
            if dice.random() < 0.93:
                found += [(day, asked, system) for day in _days(dice, asked, today)]
    return sorted(found, key=lambda one: (one[0], one[1].key, one[2]))


def _days(dice: random.Random, asked: RequirementRow, today: date) -> Iterator[date]:
    months, days = parse(asked.renewal) if asked.renewal else (12, 0)
    length = months * 30 + days
    day = today - timedelta(weeks=_WEEKS) + timedelta(days=dice.randrange(max(7, min(length, 200))))
    late = 1.4 if dice.random() < 0.1 else 0.9
    while day <= today:
        yield day
        day += timedelta(days=max(1, int(length * late)))


def _hand_in(engine: Engine, store: EvidenceStore, asked: RequirementRow, system: str, day: date) -> None:
    files = _files(asked, system, day)
    name = files[0][1]
    incoming = [Incoming(BytesIO(data), each) for data, each in files]
    with inspect(store, incoming) as inspection, writing(engine, _at(day)) as (session, now):
        end = None if asked.renewal else day + timedelta(days=365)
        systems = [system] if system else []
        delivery = Delivery(inspection, [asked.key], systems, first_day=day, last_day=day, explicit_end=end, title=name)
        try:
            filed = file(session, store, BUILD_SERVER, delivery, now)
        except Problem:
            session.rollback()  # a register or a format that this fixture does not make
            return
        if asked.review == "required" and day.toordinal() % 17:
            _accept(session, filed.evidence, now + timedelta(microseconds=1))


def _accept(session: Session, evidence: str, now: datetime) -> None:
    review.review(session, OFFICER, evidence, "accepted", "", now)


#: what the policies of tests ask to be covered, in the names of the cases
_COVERS = {
    "access-control-tests": "[page=/][level=anonymous][level=wrong-role][level=right-role]",
    "origin-and-session-tests": "[component=form][check=forged-origin][check=no-session][check=foreign-session]",
    "role-tests": "[role=reader][outcome=allowed][outcome=refused]",
    "password-policy-test": "[at=registration][at=change][at=reset][check=too-short][check=common-word][check=breached]"
    "[check=contains-username][check=accepted-strong][check=anonymous-refused][check=duplicate-username-refused]"
    "[check=lockout-or-throttle]",
}


def _files(asked: RequirementRow, system: str, day: date) -> list[tuple[bytes, str]]:
    weak = system == "downloads" and day.month % 3 == 0
    if "testssl" in asked.formats:
        hosts = TARGETS if system == SYSTEM else (HOSTS[system],)
        return [(dated_scan(host, str(day), weak=weak), f"testssl {host} {day}.json") for host in hosts]
    if "junit" in asked.formats:
        names = [
            f"{asked.key} case {number} of {day}{_COVERS.get(asked.policy or '', '') if number > 1 else ''}"
            for number in range(40)
        ]
        fails = 2 if day.toordinal() % 31 == 0 else 0
        return [(junit(*names, fails=fails, day=str(day)), f"{asked.title_en} {day}.xml")]
    return [(f"{asked.title_en}, {system}, {day}\n".encode(), f"{asked.title_en} {day}.txt")]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)
