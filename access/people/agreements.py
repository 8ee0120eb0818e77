"""Agreements (EURA): versions of each role's text in Dutch and English, which people accept before they get access.

The version in force on a day is the one with the latest `in_force` until that day; of two on the same day the one that
was published last. A version never changes; `acceptance` holds who accepted which digest.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, Subquery, and_, func, insert, or_, select
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people.agreement_text import RIGHTS, TITLES, AgreementRow, checked_text, digest, read_first_texts
from access.permissions import SYSTEM, Person, require
from locales import text
from models import Acceptance, Account, Agreement, RoleGrant
from models.calendar import Calendar, calendar_of
from models.csv_lines import csv_line

__all__ = [
    "RIGHTS",
    "TITLES",
    "AgreementRow",
    "CoverageRow",
    "accept",
    "coverage",
    "export",
    "find_current",
    "list_to_accept",
    "list_upcoming",
    "list_versions",
    "publish",
    "publish_first_versions",
]

_TABLES = SQLModel.metadata.tables
_AGREEMENT = _TABLES[str(Agreement.__tablename__)]
_ACCEPTANCE = _TABLES[str(Acceptance.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many active holders of a role accepted a version. `missing`: who still must (of the version in force)."""

    role: str
    version: int
    in_force: date
    sha256: str
    current: bool
    holders: int
    accepted: int
    missing: tuple[str, ...]


# ── What must be accepted ────────────────────────────────────────────────────────────────────────────────────────────


def find_current(session: Session, role: str, on: date) -> AgreementRow | None:
    """The version of a role's agreement that is in force on a day."""
    return next(iter(_rows(session, _in_force(on, [role]))), None)


def list_upcoming(session: Session, person: Person, on: date) -> list[AgreementRow]:
    """The published versions that come into force after a day, the earliest first. Needs `agreement.read`."""
    require(person, "agreement.read")
    columns = (_AGREEMENT.c[name] for name in AgreementRow.__dataclass_fields__)
    later = select(*columns).where(_AGREEMENT.c.in_force > on)
    order = (_AGREEMENT.c.in_force, _AGREEMENT.c.role, _AGREEMENT.c.version)
    return [AgreementRow(*row) for row in session.execute(later.order_by(*order))]


def list_versions(session: Session, person: Person, role: str, on: date) -> list[AgreementRow]:
    """The versions of a role's agreement that were in force by a day, the newest first. Needs `agreement.read`."""
    require(person, "agreement.read")
    versions = _in_force(on, [role])
    rows = select(*(versions.c[name] for name in AgreementRow.__dataclass_fields__)).order_by(versions.c.rank)
    return [AgreementRow(*row) for row in session.execute(rows)]


def list_to_accept(session: Session, account: str, roles: Collection[str], on: date) -> list[AgreementRow]:
    """The versions in force of these roles that the account has not accepted. Needs no permission: one's own."""
    accepted = select(_ACCEPTANCE.c.agreement).where(_ACCEPTANCE.c.account == account)
    return _rows(session, _in_force(on, roles), accepted)


def accept(session: Session, person: Person, account: str, agreement_id: int, address: str, now: datetime) -> None:
    """Accept a version that is in force for one of one's own roles. A second acceptance changes nothing.

    Raises `NotPossible` for someone else's, for another version, or if the stored text was changed.
    """
    agreement = _find_acceptable(session, person, account, agreement_id, calendar_of(session).day_of(now))
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


def _find_acceptable(session: Session, person: Person, account: str, agreement_id: int, on: date) -> AgreementRow:
    """The agreement, if this person can accept it on this day and its digest still fits."""
    if not account or person.account != account or not person.in_person:
        raise NotPossible(text("You can accept an agreement only for yourself."))
    rows = _rows(session, _in_force(on, person.roles))
    agreement = next((row for row in rows if row.id == agreement_id), None)
    if agreement is None:
        raise NotPossible(
            text(
                "This agreement is not in force for one of your roles (any more). Read and accept the version that is."
            )
        )
    if digest(agreement.role, agreement.version, agreement.text_nl, agreement.text_en) != agreement.sha256:
        raise NotPossible(
            text(
                "{agreement}: the text differs from the published one. Warn the security officer.",
                agreement=agreement.title,
            )
        )
    return agreement


def _in_force(on: date, roles: Collection[str] | None = None) -> Subquery:
    """Every version that is or was in force by a day; rank 1 is in force."""
    order = (_AGREEMENT.c.in_force.desc(), _AGREEMENT.c.version.desc())
    rank = func.row_number().over(partition_by=_AGREEMENT.c.role, order_by=order).label("rank")
    versions = select(_AGREEMENT, rank).where(_AGREEMENT.c.in_force <= on)
    return (versions if roles is None else versions.where(_AGREEMENT.c.role.in_(sorted(roles)))).subquery()


def _rows(session: Session, versions: Subquery, excluded: Select[tuple[int]] | None = None) -> list[AgreementRow]:
    rows = select(*(versions.c[name] for name in AgreementRow.__dataclass_fields__)).where(versions.c.rank == 1)
    if excluded is not None:
        rows = rows.where(versions.c.id.not_in(excluded))
    return [AgreementRow(*row) for row in session.execute(rows.order_by(versions.c.role))]


# ── New versions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(
    session: Session, person: Person, role: str, text_nl: str, text_en: str, in_force: date, now: datetime
) -> AgreementRow:
    """Publish a new version; from its first day holders of the role must accept again. Needs `agreement.publish`."""
    require(person, "agreement.publish")
    if role not in TITLES:
        raise NotPossible(text("There is no role {role}: expected one of {roles}.", role=role, roles=", ".join(TITLES)))
    if in_force < calendar_of(session).day_of(now):
        raise NotPossible(text("An agreement is in force from today or later, not from {day}.", day=in_force))
    dutch, english = checked_text(text_nl, text("Dutch")), checked_text(text_en, text("English"))
    return _add(session, person, role, (dutch, english), in_force, now)


def publish_first_versions(session: Session, now: datetime) -> None:
    """Publish version 1, in force today, for every role that has no agreement yet."""
    existing = set(session.execute(select(_AGREEMENT.c.role).distinct()).scalars())
    for role, texts in read_first_texts().items():
        if role not in existing:
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
    """How many active holders accepted each version by the end of a day. Needs `agreement.read`."""
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
    """The coverage of a day as lines of CSV: who accepted which version and when. Needs `agreement.read`."""
    require(person, "agreement.read")  # at once, not with the first line
    return _lines(session, on)


def _lines(session: Session, on: date) -> Iterator[str]:
    pairs = _pairs(on, calendar_of(session))
    shown = select(pairs).where(or_(pairs.c.rank == 1, pairs.c.accepted_at.is_not(None)), pairs.c.name.is_not(None))
    yield csv_line("role", "eura_version", "in_force_from", "text_hash", "user", "accepted_at")
    for row in session.execute(shown.order_by(pairs.c.role, pairs.c.version.desc(), pairs.c.name)).yield_per(1_000):
        accepted_at = row.accepted_at.isoformat(timespec="seconds") if row.accepted_at else ""
        yield csv_line(row.role, str(row.version), row.in_force.isoformat(), row.sha256, row.name, accepted_at)


def _pairs(on: date, calendar: Calendar) -> Subquery:
    """Every version by a day with each active holder of its role and `accepted_at`; no name: the role has no holder."""
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
    """Active accounts and their roles at the end of a day; once for each role, however many teams or audits."""
    held = and_(_GRANT.c.granted_at < end, or_(_GRANT.c.ended_at.is_(None), _GRANT.c.ended_at >= end))
    active = and_(_ACCOUNT.c.starts_on <= on, or_(_ACCOUNT.c.ends_on.is_(None), _ACCOUNT.c.ends_on >= on))
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    holders = select(_GRANT.c.role, _GRANT.c.account, _ACCOUNT.c.name).select_from(joined).where(held, active)
    return holders.distinct().subquery()


def _missing(session: Session, pairs: Subquery) -> dict[tuple[str, int], list[str]]:
    """(role, rank) → the names of who must still accept the version in force."""
    conditions = (pairs.c.rank == 1, pairs.c.accepted_at.is_(None), pairs.c.name.is_not(None))
    missing: dict[tuple[str, int], list[str]] = {}
    for role, rank, name in session.execute(select(pairs.c.role, pairs.c.rank, pairs.c.name).where(*conditions)):
        missing.setdefault((role, rank), []).append(name)
    return {version: sorted(names, key=str.casefold) for version, names in missing.items()}
