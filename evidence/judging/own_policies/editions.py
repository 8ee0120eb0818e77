"""Publishes and lists editions of the organisation's own policies.

An edition applies to what evidence represents from its first day on, never to days before, so that it turns no day good
that was not: evidence is judged by the edition of its last day, whenever it is uploaded or judged again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.files.yaml_tree import Tree
from evidence.errors import NotPossible, Unknown
from evidence.judging.own_policies.edition_text import check_like, checked_edition, in_yaml
from evidence.judging.own_policies.in_force import OWN, edition_id, policy_name
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from locales import text
from models.bulk_changes import insert_into, table
from models.calendar import calendar_of
from models.queries import latest
from models.vocabulary import EvidenceKind

_LONGEST_REASON: Final = 2_000  # characters
_SHOWN: Final = 80  # characters of a key in a message
_SAME: Final = ("id", "edition")  # differ between editions that say the same


@dataclass(frozen=True, slots=True)
class EditionRow:
    """A published edition. `copy_of`: the policy that came along; `requirements`: those that it judges instead."""

    policy: str
    number: int
    copy_of: str
    content: str
    sha256: str
    requirements: tuple[str, ...]
    first_day: date
    reason: str
    recorded_at: datetime
    recorded_by: str

    @property
    def id(self) -> str:
        return edition_id(self.policy, self.number)


@dataclass(frozen=True, slots=True)
class EditionDraft:
    """An edition as a person wants it. `content`: YAML as typed.

    `after`: the number of the edition that the person saw last; 0 for a new policy, which is a copy of `copy_of`.
    """

    policy: str
    content: str
    requirements: tuple[str, ...]
    after: int = 0
    copy_of: str = ""


def list_editions(session: Session, person: Person, policy: str) -> list[EditionRow]:
    """The editions of a policy of the organisation's own, newest first; none of a policy that came along.

    Raises `NotAllowed`.
    """
    require(person, "controls.read")
    return _editions(session, policy)


def list_own_policies(session: Session, person: Person) -> list[EditionRow]:
    """The newest edition of each policy of the organisation's own, by name. Raises `NotAllowed`."""
    require(person, "controls.read")
    row = table("policy_edition")
    later = row.alias("later")
    newest = ~select(later.c.id).where(later.c.policy == row.c.policy, later.c.number > row.c.number).exists()
    rows = session.execute(select(*_columns()).where(newest).order_by(row.c.policy)).mappings()
    return [_row(each) for each in rows]


def in_force(editions: Sequence[EditionRow], day: date) -> EditionRow | None:
    """The edition of one policy that applies on a day; None before its first."""
    begun = [edition for edition in editions if edition.first_day <= day]
    return max(begun, key=lambda edition: (edition.first_day, edition.number), default=None)


def judged_instead(session: Session, person: Person, copy_of: str, day: date) -> dict[str, EditionRow]:
    """The editions of copies that judge requirements on a day in the place of the copied policy, by requirement.

    Raises `NotAllowed`.
    """
    require(person, "controls.read")
    own = [each.policy for each in list_own_policies(session, person) if each.copy_of == copy_of]
    current = [in_force(_editions(session, policy), day) for policy in own]
    return {key: edition for edition in current if edition for key in edition.requirements}


def judged_alike(session: Session, person: Person, copy_of: str) -> list[str]:
    """The keys of the current requirements that a policy that came along judges, other than records; by key.

    Raises `NotAllowed`.
    """
    require(person, "controls.read")
    row = table("evidence_requirement")
    current = (latest(row, "key"), ~row.c.retired, row.c.kind != EvidenceKind.RECORD, row.c.policy == copy_of)
    return list(session.execute(select(row.c.key).where(*current).order_by(row.c.key)).scalars())


def check_edition(session: Session, person: Person, draft: EditionDraft) -> Policy[Any]:
    """The policy that an edition would be. Raises as `publish_edition`."""
    require(person, "policy.publish")
    editions = _editions(session, draft.policy)
    _require_newest(draft, editions)
    made = checked_edition(_copied(draft, editions), draft.policy, draft.after + 1, draft.content)
    check_like(_copied(draft, editions), made)
    return made


def check_requirements(session: Session, person: Person, draft: EditionDraft, first_day: date) -> list[str]:
    """The requirements that an edition would judge from a day on, each once. Raises as `publish_edition`."""
    require(person, "policy.publish")
    copied = _copied(draft, _editions(session, draft.policy))
    alike = judged_alike(session, person, copied.id)
    for key in draft.requirements:
        if key not in alike:
            raise NotPossible(
                text("{requirement} is not judged by {policy}.", requirement=key[:_SHOWN], policy=copied.title)
            )
    if taken := _taken(session, draft, first_day):
        raise NotPossible(
            text(
                "{requirement} is judged by {policy} from that day on or later; take it out there first.",
                requirement=taken[0],
                policy=policy_name(session, taken[1]),
            )
        )
    return list(dict.fromkeys(draft.requirements))


def publish_edition(
    session: Session, person: Person, draft: EditionDraft, first_day: date, reason: str, now: datetime
) -> EditionRow:
    """Publish an edition, which applies from its first day on: today or later, as a decision changes no past day.

    Raises `NotAllowed`; `Unknown` for another policy or requirement; `Unfitting` for a wrong content, with its line;
    `NotPossible` for a past day, an edition since, or a requirement of another policy.
    """
    made = check_edition(session, person, draft)
    requirements = check_requirements(session, person, draft, first_day)
    plain_reason = names.plain(reason, text("The reason"), _LONGEST_REASON, lines=True)
    _require_coming(first_day, calendar_of(session).day_of(now))
    editions = _editions(session, draft.policy)
    _require_difference(editions, made, requirements, first_day)
    row = {
        "policy": draft.policy,
        "number": draft.after + 1,
        "copy_of": _copied(draft, editions).id,
        "content": in_yaml(made.values),
        "sha256": made.sha256,
        "requirements": requirements,
        "first_day": first_day,
        "reason": plain_reason,
        "recorded_at": now,
        "recorded_by": person.name,
    }
    session.execute(insert_into("policy_edition"), [row])
    logged = ("policy", "number", "copy_of", "sha256", "requirements", "reason")
    details = {name: row[name] for name in logged} | {"first_day": first_day.isoformat()}
    record(session, person, "policy.publish", made.id, now, **details)
    return _row(row)


def _columns() -> list[Any]:
    return [table("policy_edition").c[name] for name in EditionRow.__dataclass_fields__]


def _row(values: Mapping[str, Any] | RowMapping) -> EditionRow:
    return EditionRow(**{**values, "requirements": tuple(values["requirements"])})


def _editions(session: Session, policy: str) -> list[EditionRow]:
    row = table("policy_edition")
    rows = session.execute(select(*_columns()).where(row.c.policy == policy).order_by(row.c.number.desc()))
    return [_row(each) for each in rows.mappings()]


def _require_newest(draft: EditionDraft, editions: Sequence[EditionRow]) -> None:
    """Check that nothing was published since the person saw the policy."""
    if editions and draft.after != editions[0].number:
        raise NotPossible(
            text(
                "Edition {number} of this policy was published by {person} on {moment}; look at it first, then change "
                "that one.",
                number=str(editions[0].number),
                person=editions[0].recorded_by,
                moment=editions[0].recorded_at,
            )
        )
    if not editions and draft.after:
        raise Unknown(text("There is no policy {key} of your own.", key=draft.policy[:_SHOWN]))
    if not editions and not draft.policy.startswith(OWN):
        raise NotPossible(text("The key of a policy of your own begins with {own}.", own=OWN))
    names.key(draft.policy)


def _copied(draft: EditionDraft, editions: Sequence[EditionRow]) -> Policy[Any]:
    """The policy that came along, of which the edition is a copy."""
    copy_of = editions[0].copy_of if editions else draft.copy_of
    copied = policies().get(copy_of)
    if copied is None or copy_of.startswith(OWN):
        raise Unknown(text("There is no policy {key} to copy.", key=copy_of[:_SHOWN]))
    return copied


def _taken(session: Session, draft: EditionDraft, first_day: date) -> tuple[str, str] | None:
    """A requirement that another policy of one's own judges on that day or later, with that policy."""
    row = table("policy_edition")
    others = list(session.execute(select(*_columns()).where(row.c.policy != draft.policy)).mappings())
    for policy in sorted({other["policy"] for other in others}):
        editions = [_row(other) for other in others if other["policy"] == policy]
        later = [edition for edition in editions if edition.first_day > first_day]
        current = in_force(editions, first_day)
        used = {key for edition in [*later, *([current] if current else [])] for key in edition.requirements}
        if both := [key for key in draft.requirements if key in used]:
            return both[0], policy
    return None


def _require_coming(first_day: date, today: date) -> None:
    if first_day < today:
        raise NotPossible(
            text(
                "An edition can't apply from {day}: a decision changes no past day. Choose {today} or later.",
                day=first_day,
                today=today,
            )
        )


def _require_difference(
    editions: Sequence[EditionRow], made: Policy[Any], requirements: Sequence[str], first_day: date
) -> None:
    """Refuse an edition that says the same as the one that would apply on its first day."""
    current = in_force(editions, first_day)
    if current is None or set(requirements) != set(current.requirements):
        return
    before = Tree(current.policy, current.content.encode()).values
    if all(before.get(name) == made.values.get(name) for name in {*before, *made.values} - set(_SAME)):
        raise NotPossible(text("Nothing has changed since edition {number}.", number=str(current.number)))
