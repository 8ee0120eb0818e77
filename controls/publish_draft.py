"""Publishing a draft: from that moment the statement, its measures and evidence requirements are in the tables."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person
from controls.audit.audit_bounds import latest_plans
from controls.errors import NotPossible, WrongFile
from controls.load import HERE, load
from controls.statement.drafts import Draft, check_version, close, draft, files_of
from controls.statement.statement_versions import loaded_statements
from locales import plural, text
from models.bulk_changes import add, table
from models.calendar import calendar_of
from models.vocabulary import SentenceDecision


def publish_draft(
    session: Session,
    person: Person,
    key: str,
    now: datetime,
    *,
    version: int,
    statements: Path | None = None,
    folder: Path = HERE,
) -> str:
    """Publish a draft as a version that is in effect at once; returns the key of the statement.

    `version`: the one that the person saw. `statements`: the folder with statements on disk, if it is not the one
    beside the catalogues. Raises `Unknown`, `ChangedByOther`, and `NotPossible` when a sentence is undecided, a detail
    is missing, or the statement cannot stand beside another.
    """
    made = draft(session, person, key)
    check_version(made, version)
    _require_decided(made)
    files = files_of(person, made)
    _require_free(session, files.key)
    _require_in_effect(session, made.details.replaces)
    row = {"key": files.key, "draft": key, "yaml": files.yaml, "text": files.text}
    add(session, "statement_publication", [{**row, "recorded_at": now, "recorded_by": person.name}])
    close(session, person, made, now)
    record(session, person, "statement.publish", files.key, now, draft=key, replaces=made.details.replaces or None)
    try:
        load(session, person, now, folder, statements)
    except WrongFile as problem:
        raise NotPossible(text("The statement was not published. {problem}", problem=problem.message)) from problem
    _require_criteria(session, now)
    return files.key


def _require_decided(made: Draft) -> None:
    if undecided := made.decisions[SentenceDecision.UNDECIDED]:
        raise NotPossible(
            plural(
                "{n} sentence is undecided: confirm it or leave it out.",
                "{n} sentences are undecided: confirm each or leave it out.",
                undecided,
            )
        )


def _require_free(session: Session, key: str) -> None:
    statement = table("statement")
    if session.execute(select(statement.c.key).where(statement.c.key == key)).first():
        raise NotPossible(
            text("There is a version {key} already; a new version needs another effective date.", key=key)
        )


def _require_criteria(session: Session, now: datetime) -> None:
    """Refuse a statement that leaves a catalogue by which an audit is planned: none of its controls would be judged."""
    catalogue, today = table("catalogue"), calendar_of(session).day_of(now)
    left = select(catalogue.c.key).where(catalogue.c.followed_at.is_(None) | catalogue.c.left_at.is_not(None))
    others = set(session.execute(left).scalars())
    for plan in latest_plans(session):
        if plan.day >= today and (lost := sorted(others.intersection(plan.catalogues))):
            raise NotPossible(
                text(
                    "The audit {title} on {day} has {key} as a criterion, which this statement does not follow; follow "
                    "it too, or plan the audit without it first.",
                    title=plan.title,
                    day=plan.day,
                    key=lost[0],
                )
            )


def _require_in_effect(session: Session, replaced: str) -> None:
    if replaced and replaced not in loaded_statements(session).in_effect:
        raise NotPossible(
            text("{key} is not in effect (any more); choose the statement that this one replaces.", key=replaced)
        )
