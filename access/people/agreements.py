"""Agreements (EURA): each role's text in Dutch and English, in versions; a person accepts those in force before use.

Which version is in force follows from the day: the latest `in_force` that is not after it; of two on the same day the
one that was published last. A version never changes; who accepted which bytes stands in `acceptance`.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, Subquery, and_, func, insert, or_, select
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people.agreement_text import RIGHTS, TITLES, AgreementRow, digest, first_texts, plain
from access.permissions import SYSTEM, Person, require
from locales import text
from models import Acceptance, Account, Agreement, RoleGrant
from models.calendar import Calendar, calendar_of

__all__ = [
    "RIGHTS",
    "TITLES",
    "AgreementRow",
    "CoverageRow",
    "accept",
    "coming",
    "coverage",
    "current",
    "export",
    "first_versions",
    "publish",
    "to_accept",
]

_TABLES = SQLModel.metadata.tables
_AGREEMENT = _TABLES[str(Agreement.__tablename__)]
_ACCEPTANCE = _TABLES[str(Acceptance.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many of a role's active holders accepted a version. `missing`: who still must; nobody for a replaced one."""

    role: str
    version: int
    in_force: date
    sha256: str
    current: bool
    holders: int
    accepted: int
    missing: tuple[str, ...]


# ── What must be accepted ────────────────────────────────────────────────────────────────────────────────────────────


def current(session: Session, role: str, on: date) -> AgreementRow | None:
    """The version of a role's agreement that is in force on a day."""
    return next(iter(_rows(session, _in_force(on, [role]))), None)


def coming(session: Session, person: Person, on: date) -> list[AgreementRow]:
    """The versions that are published and come into force after a day, the first first."""
    require(person, "agreement.read")
    columns = (_AGREEMENT.c[name] for name in AgreementRow.__dataclass_fields__)
    later = select(*columns).where(_AGREEMENT.c.in_force > on)
    order = (_AGREEMENT.c.in_force, _AGREEMENT.c.role, _AGREEMENT.c.version)
    return [AgreementRow(*row) for row in session.execute(later.order_by(*order))]


def to_accept(session: Session, account: str, roles: Collection[str], on: date) -> list[AgreementRow]:
    """The versions in force of these roles that the account has not accepted; no permission: it asks about oneself."""
    accepted = select(_ACCEPTANCE.c.agreement).where(_ACCEPTANCE.c.account == account)
    return _rows(session, _in_force(on, roles), accepted)


def accept(session: Session, person: Person, account: str, agreement_id: int, address: str, now: datetime) -> None:
    """The person accepts a version that is in force for one of their roles. A second acceptance is nothing new."""
    agreement = _acceptable(session, person, account, agreement_id, calendar_of(session).day_of(now))
    before = select(_ACCEPTANCE.c.id).where(_ACCEPTANCE.c.account == account, _ACCEPTANCE.c.agreement == agreement_id)
    if session.execute(before).first() is not None:
        return
    row = {
        "account": account,
        "agreement": agreement.id,
        "sha256": agreement.sha256,
        "accepted_at": now,
        "address": address,
    }
    session.execute(insert(_ACCEPTANCE), [row])
    record(
        session, person, "agreement.accept", _subject(agreement.role, agreement.version), now, sha256=agreement.sha256
    )


def _acceptable(session: Session, person: Person, account: str, agreement_id: int, on: date) -> AgreementRow:
    """The agreement, if this person can accept it on this day and it is still what was published."""
    if not account or person.account != account or not person.in_person:
        raise NotPossible(text("An agreement is accepted by the person whom it binds, not by someone else."))
    found = next((one for one in _rows(session, _in_force(on, person.roles)) if one.id == agreement_id), None)
    if found is None:
        raise NotPossible(
            text(
                "This agreement is not, or no longer, in force for one of your roles: read and accept the one that is."
            )
        )
    if digest(found.role, found.version, found.text_nl, found.text_en) != found.sha256:
        raise NotPossible(
            text(
                "{agreement}: its text is not the one that was published. Warn the security officer.",
                agreement=found.title,
            )
        )
    return found


def _in_force(on: date, roles: Collection[str] | None = None) -> Subquery:
    """Every version that is or was in force by a day; the one of rank 1 is."""
    order = (_AGREEMENT.c.in_force.desc(), _AGREEMENT.c.version.desc())
    rank = func.row_number().over(partition_by=_AGREEMENT.c.role, order_by=order).label("rank")
    versions = select(_AGREEMENT, rank).where(_AGREEMENT.c.in_force <= on)
    return (versions if roles is None else versions.where(_AGREEMENT.c.role.in_(sorted(roles)))).subquery()


def _rows(session: Session, versions: Subquery, but: Select[tuple[int]] | None = None) -> list[AgreementRow]:
    found = select(*(versions.c[name] for name in AgreementRow.__dataclass_fields__)).where(versions.c.rank == 1)
    if but is not None:
        found = found.where(versions.c.id.not_in(but))
    return [AgreementRow(*row) for row in session.execute(found.order_by(versions.c.role))]


# ── New versions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(
    session: Session, person: Person, role: str, text_nl: str, text_en: str, in_force: date, now: datetime
) -> AgreementRow:
    """A new version, in force from a day on: whoever has the role is asked again from that day."""
    require(person, "agreement.publish")
    if role not in TITLES:
        raise NotPossible(text("There is no role {role}: expected one of {roles}.", role=role, roles=", ".join(TITLES)))
    if in_force < calendar_of(session).day_of(now):
        raise NotPossible(text("An agreement is in force from today or later, not from {day}.", day=in_force))
    dutch, english = plain(text_nl, text("Dutch")), plain(text_en, text("English"))
    return _add(session, person, role, (dutch, english), in_force, now)


def first_versions(session: Session, now: datetime) -> None:
    """Version 1 of every role that has no agreement yet, in force today: nobody goes on without accepting."""
    known = set(session.execute(select(_AGREEMENT.c.role).distinct()).scalars())
    for role, texts in first_texts().items():
        if role not in known:
            _add(session, SYSTEM, role, texts, calendar_of(session).day_of(now), now)


def _add(
    session: Session, person: Person, role: str, texts: tuple[str, str], in_force: date, now: datetime
) -> AgreementRow:
    last = session.execute(select(func.max(_AGREEMENT.c.version)).where(_AGREEMENT.c.role == role)).scalar()
    version = (last or 0) + 1
    row = {
        "role": role,
        "version": version,
        "in_force": in_force,
        "text_nl": texts[0],
        "text_en": texts[1],
        "sha256": digest(role, version, *texts),
    }
    added = insert(_AGREEMENT).values(**row, recorded_at=now, recorded_by=person.name).returning(_AGREEMENT.c.id)
    number = session.execute(added).scalar_one()
    details = {"in_force": in_force.isoformat(), "sha256": row["sha256"]}
    record(session, person, "agreement.publish", _subject(role, version), now, **details)
    return AgreementRow(number, role, version, in_force, *texts, digest(role, version, *texts))


def _subject(role: str, version: int) -> str:
    return f"{role} {version}"


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def coverage(session: Session, person: Person, on: date) -> list[CoverageRow]:
    """As at the end of a day: per role and version how many active holders of the role accepted it, and who did not."""
    require(person, "agreement.read")
    pairs = _pairs(on, calendar_of(session))
    version = (pairs.c.role, pairs.c.version, pairs.c.in_force, pairs.c.sha256, pairs.c.rank)
    counts = select(*version, func.count(pairs.c.name), func.count(pairs.c.accepted_at)).group_by(*version)
    missing = _missing(session, pairs)
    return [
        CoverageRow(role, number, in_force, sha256, rank == 1, holders, accepted, tuple(missing.get((role, rank), ())))
        for role, number, in_force, sha256, rank, holders, accepted in session.execute(
            counts.order_by(pairs.c.role, pairs.c.version.desc())
        )
    ]


def export(session: Session, person: Person, on: date) -> Iterator[str]:
    """The coverage of a day as CSV, a line at a time: who accepted which version and when; empty: not accepted."""
    require(person, "agreement.read")  # at once, not with the first line
    return _lines(session, on)


def _lines(session: Session, on: date) -> Iterator[str]:
    pairs = _pairs(on, calendar_of(session))
    shown = select(pairs).where(or_(pairs.c.rank == 1, pairs.c.accepted_at.is_not(None)), pairs.c.name.is_not(None))
    yield _line("role", "eura_version", "in_force_from", "text_hash", "user", "accepted_at")
    for row in session.execute(shown.order_by(pairs.c.role, pairs.c.version.desc(), pairs.c.name)).yield_per(1_000):
        accepted_at = row.accepted_at.isoformat(timespec="seconds") if row.accepted_at else ""
        yield _line(row.role, str(row.version), row.in_force.isoformat(), row.sha256, row.name, accepted_at)


def _pairs(on: date, calendar: Calendar) -> Subquery:
    """Every version by a day with every active holder of its role, with when they accepted it; no name: no holder."""
    end, versions = calendar.end_of(on), _in_force(on)
    holders = _holders(on, end)
    accepted = and_(
        _ACCEPTANCE.c.agreement == versions.c.id,
        _ACCEPTANCE.c.account == holders.c.account,
        _ACCEPTANCE.c.accepted_at < end,
    )
    joined = versions.outerjoin(holders, holders.c.role == versions.c.role).outerjoin(_ACCEPTANCE, accepted)
    return select(versions, holders.c.name, _ACCEPTANCE.c.accepted_at).select_from(joined).subquery()


def _holders(on: date, end: datetime) -> Subquery:
    """Who has which role at the end of a day, and may sign in on it; once, however many teams or audits it is for."""
    held = and_(_GRANT.c.granted_at < end, or_(_GRANT.c.ended_at.is_(None), _GRANT.c.ended_at >= end))
    active = and_(_ACCOUNT.c.starts_on <= on, or_(_ACCOUNT.c.ends_on.is_(None), _ACCOUNT.c.ends_on >= on))
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    found = select(_GRANT.c.role, _GRANT.c.account, _ACCOUNT.c.name).select_from(joined).where(held, active)
    return found.distinct().subquery()


def _missing(session: Session, pairs: Subquery) -> dict[tuple[str, int], list[str]]:
    """Who must still accept the version in force; a replaced one is asked of nobody."""
    without = (pairs.c.rank == 1, pairs.c.accepted_at.is_(None), pairs.c.name.is_not(None))
    found: dict[tuple[str, int], list[str]] = {}
    for role, rank, name in session.execute(select(pairs.c.role, pairs.c.rank, pairs.c.name).where(*without)):
        found.setdefault((role, rank), []).append(name)
    return {version: sorted(names, key=str.casefold) for version, names in found.items()}


def _line(*cells: str) -> str:
    """One line of CSV. What a spreadsheet would run as a formula gets an apostrophe in front."""
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return line.getvalue()
