"""Which policies of the organisation's own judge requirements on a day, and what an edition says."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.errors import Unfitting
from evidence.judging.policies import WrongPolicy, parse_policy, policies
from evidence.judging.policy import Policy
from locales import Text, text
from models.bulk_changes import table

OWN: Final = "own-"  # the ids of the organisation's own policies begin so; no other policy's does
_BETWEEN: Final = "@"  # a policy and the number of its edition


@dataclass(frozen=True, slots=True)
class OwnPolicy:
    """An edition of a policy of the organisation's own, and the first day on which it applies."""

    policy: Policy[Any]
    first_day: date


def edition_id(policy: str, number: int) -> str:
    """The id of an edition: the policy and its number."""
    return f"{policy}{_BETWEEN}{number}"


def own_policies(session: Session, requirements: Collection[str], day: date, known: datetime) -> dict[str, OwnPolicy]:
    """The policies of the organisation's own that judge these requirements on a day, by requirement.

    Requirements that are judged by the policy that came along are left out. `known`: only what was recorded by then.
    Raises `Unfitting` for an edition that this version of the product can't read.
    """
    return {
        requirement: OwnPolicy(_parsed(session, edition.policy, edition.number), edition.first_day)
        for edition in _in_force(session, day, known)
        for requirement in edition.requirements
        if requirement in requirements
    }


def editions_in_force(session: Session, person: Person, day: date, known: datetime) -> dict[str, str]:
    """The ids of the editions of the organisation's own that judge requirements on a day, by requirement.

    `known`: only what was recorded by then. Raises `NotAllowed`.
    """
    require(person, "controls.read")
    return {
        requirement: edition_id(edition.policy, edition.number)
        for edition in _in_force(session, day, known)
        for requirement in edition.requirements
    }


def _in_force(session: Session, day: date, known: datetime) -> Iterable[Row[Any]]:
    """The edition of each policy that applies on a day."""
    in_force: dict[str, Row[Any]] = {}
    for edition in session.execute(_begun(), {"day": day, "known": known}):
        in_force[edition.policy] = edition  # in the order of their first days: the last one stays
    return in_force.values()


@cache
def _begun() -> Select[Any]:
    """Editions that have begun on a day, without their content; made once, as every upload carries it out."""
    row = table("policy_edition")
    columns = (row.c.policy, row.c.number, row.c.requirements, row.c.first_day)
    begun = (row.c.first_day <= bindparam("day"), row.c.recorded_at <= bindparam("known"))
    return select(*columns).where(*begun).order_by(row.c.first_day, row.c.number)


def policy_named(session: Session, key: str) -> Policy[Any] | None:
    """A policy by the name in requirements and judgements: one that came along, or an edition of one's own.

    None if there is none, or if this version of the product can't read it.
    """
    if key in policies() or not key.startswith(OWN):
        return policies().get(key)
    policy, _, number = key.partition(_BETWEEN)
    if number and not (number.isascii() and number.isdecimal() and len(number) < len("1000000")):
        return None
    row = table("policy_edition")
    numbers = select(row.c.number).where(row.c.policy == policy).order_by(row.c.number.desc())
    known = list(session.execute(numbers).scalars())
    wanted = int(number) if number else next(iter(known), 0)
    try:
        return _parsed(session, policy, wanted) if wanted in known else None
    except Unfitting:
        return None


def policy_name(session: Session, key: str) -> Text | str:
    """The title and edition of a policy; of one that this version of the product can't read, its key."""
    policy = policy_named(session, key)
    return policy.name if policy else key


def _parsed(session: Session, policy: str, number: int) -> Policy[Any]:
    row = table("policy_edition")
    content = select(row.c.content).where(row.c.policy == policy, row.c.number == number)
    try:
        return parse_policy(f"{policy}.yaml", session.execute(content).scalar_one())
    except WrongPolicy as problem:
        raise Unfitting(
            text(
                "Edition {number} of the policy {policy} can't be read by this version of Aantoonbaar: {problem} Ask a "
                "security officer to publish another edition.",
                number=str(number),
                policy=policy,
                problem=problem.message,
            )
        ) from problem
