"""Drafts of a statement: a text and the decisions about its sentences, kept until it is published or thrown away.

Every change is a new row; officers of the organisation share the drafts.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls.errors import ChangedByOther, NotPossible, Unknown
from controls.statement.draft_reasons import reasons
from controls.statement.draft_sentences import DraftSentence, check_sentences, proposed_sentences
from controls.statement.files_of_draft import (
    CATALOGUES,
    AssignedSentence,
    StatementDetails,
    StatementFiles,
    make_files,
    statement_details,
)
from controls.statement.known_measures import read_lexicon
from controls.statement.own_measures import (
    OwnMeasure,
    as_values,
    check_evidence_is_required_once,
    check_own_measures,
    from_values,
)
from controls.statement.proposed_promises import propose
from locales import text
from models.bulk_changes import add, table
from models.vocabulary import SentenceDecision

_LONGEST_DETAIL = 500  # characters


@dataclass(frozen=True, slots=True)
class DraftDetails:
    """Details of the statement as typed so far; checked when it is published."""

    title: str = ""
    other_title: str = ""
    organisation: str = ""
    effective: date | None = None
    source: str = ""
    catalogues: tuple[str, ...] = CATALOGUES
    replaces: str = ""  # the key of the statement that it replaces; empty: none


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as last saved; `version` becomes higher with each save."""

    key: str
    text: str
    language: str
    details: DraftDetails
    sentences: tuple[DraftSentence, ...]
    recorded_at: datetime
    recorded_by: str
    version: int = 0
    own_measures: tuple[OwnMeasure, ...] = ()

    @property
    def name(self) -> str:
        """The title, or the beginning of the text before it has one."""
        first = next(line for line in self.text.splitlines() if line.strip(" #"))
        return self.details.title or first.strip(" #")[:60]

    @property
    def decisions(self) -> Counter[SentenceDecision]:
        """How many sentences have each decision."""
        return Counter(row.decision for row in self.sentences)


def create_draft(session: Session, person: Person, pasted: str, language: str, now: datetime) -> Draft:
    """Make a draft of a text, with the proposed sentences undecided. Raises `NotPossible`."""
    proposals = propose(person, pasted, language)
    rows = proposed_sentences(proposals)
    if not rows:
        raise NotPossible(text("No known promises were found in this text. Is the language correct?"))
    key = uuid.uuid4().hex
    by = {"recorded_at": now, "recorded_by": person.name}
    add(session, "statement_draft", [{"key": key, "text": proposals.text, "language": language, **by}])
    made = Draft(key, proposals.text, language, DraftDetails(), rows, now, person.name)
    _add_version(session, person, made, now)
    record(session, person, "statement.create_draft", key, now, sentences=len(rows))
    return draft(session, person, key)


def drafts(session: Session, person: Person) -> list[Draft]:
    """The drafts that are neither published nor thrown away, last saved first."""
    require(person, "controls.load")
    kept = _latest().where(~table("statement_draft_version").c.is_closed)
    return [_draft(row) for row in session.execute(kept).mappings()]


def draft(session: Session, person: Person, key: str) -> Draft:
    """Return a draft. Raises `Unknown` when there is none, or not any more."""
    require(person, "controls.load")
    version = table("statement_draft_version")
    row = session.execute(_latest().where(version.c.draft == key)).mappings().one_or_none()
    if row is None or row["is_closed"]:
        raise Unknown(text("There is no draft {key}; it may have been published or thrown away.", key=repr(key[:80])))
    return _draft(row)


def change_draft(
    session: Session,
    person: Person,
    key: str,
    now: datetime,
    *,
    version: int,
    sentences: Sequence[DraftSentence] | None = None,
    details: DraftDetails | None = None,
    own_measures: Sequence[OwnMeasure] | None = None,
) -> Draft:
    """Save other sentences, details or measures of the organisation's own; what is None stays.

    `version`: the one that the person saw. Raises `Unknown`, `NotPossible`, and `ChangedByOther` for an older one.
    """
    before = draft(session, person, key)
    check_version(before, version)
    own = before.own_measures if own_measures is None else tuple(own_measures)
    check_own_measures(session, own)
    rows = before.sentences if sentences is None else tuple(sentences)
    check_sentences(before.text, before.language, rows, {measure.key for measure in own})
    assigned = {key for row in rows for key in row.measures}
    check_evidence_is_required_once(own, read_lexicon(before.language), assigned)
    changed = replace(before, sentences=rows, details=_storable(details or before.details), own_measures=own)
    if changed == before:
        return before
    _add_version(session, person, changed, now)
    record(session, person, "statement.change_draft", key, now, **_counts(changed))
    return draft(session, person, key)


def check_version(made: Draft, version: int) -> None:
    """Refuse to change what the person did not see. Raises `ChangedByOther`."""
    if version != made.version:
        raise ChangedByOther(
            text(
                "{person} saved this draft on {when}, after you opened it; nothing of yours was saved. Open the draft "
                "again, and make your changes in what is there now.",
                person=made.recorded_by,
                when=made.recorded_at,
            )
        )


def discard_draft(session: Session, person: Person, key: str, now: datetime, *, version: int) -> None:
    """Throw a draft away; its text and decisions stay on record. Raises `Unknown` and `ChangedByOther`."""
    made = draft(session, person, key)
    check_version(made, version)
    close(session, person, made, now)
    record(session, person, "statement.discard_draft", key, now)


def draft_statement(session: Session, person: Person, key: str) -> StatementFiles:
    """The files of a draft, whose undecided sentences are marked. Raises `NotPossible` when details are missing."""
    return files_of(person, draft(session, person, key))


def files_of(person: Person, made: Draft) -> StatementFiles:
    """The two files of a draft as it is; with the reasons once everything is decided. Raises `NotPossible`."""
    require(person, "controls.load")
    assigned = [
        AssignedSentence(
            made.text[row.start : row.end], row.measures, confirmed=row.decision is SentenceDecision.CONFIRMED
        )
        for row in made.sentences
        if row.decision is not SentenceDecision.LEFT_OUT and row.measures
    ]
    whole = not made.decisions[SentenceDecision.UNDECIDED]
    return make_files(
        person,
        checked_details(made),
        made,
        assigned,
        reasons(made.text, made.sentences) if whole else (),
        made.own_measures,
    )


def checked_details(made: Draft) -> StatementDetails:
    """The details, complete. Raises `NotPossible`."""
    typed = made.details
    return statement_details(
        typed.title,
        typed.organisation,
        made.language,
        typed.effective,
        typed.source,
        other_title=typed.other_title,
        catalogues=typed.catalogues,
        replaces=typed.replaces,
    )


def close(session: Session, person: Person, made: Draft, now: datetime) -> None:
    """Record that the draft is finished."""
    require(person, "controls.load")
    _add_version(session, person, made, now, is_closed=True)


def _storable(details: DraftDetails) -> DraftDetails:
    typed = (details.title, details.other_title, details.organisation, details.source, details.replaces)
    if any(len(value) > _LONGEST_DETAIL for value in typed):
        raise NotPossible(text("The details are longer than {n} characters; shorten them.", n=_LONGEST_DETAIL))
    if any(not character.isprintable() for value in typed for character in value):
        raise NotPossible(text("The details contain a control character; expected plain text."))
    return details


def _counts(made: Draft) -> dict[str, int]:
    return {str(decision): made.decisions[decision] for decision in SentenceDecision}


def _add_version(session: Session, person: Person, made: Draft, now: datetime, *, is_closed: bool = False) -> None:
    details = asdict(made.details) | {"effective": made.details.effective and made.details.effective.isoformat()}
    row = {
        "draft": made.key,
        "details": details
        | {
            "catalogues": list(made.details.catalogues),
            "own_measures": [as_values(measure) for measure in made.own_measures],
        },
        "sentences": [asdict(each) | {"measures": list(each.measures)} for each in made.sentences],
        "is_closed": is_closed,
        "recorded_at": now,
        "recorded_by": person.name,
    }
    add(session, "statement_draft_version", [row])


def _latest() -> Any:
    """Select the last version of every draft with its text, last saved first."""
    draft, version = table("statement_draft"), table("statement_draft_version")
    later = version.alias("later")
    newer = select(later.c.id).where(later.c.draft == version.c.draft, later.c.id > version.c.id).exists()
    columns = (draft.c.key, draft.c.text, draft.c.language, *version.c)
    return select(*columns).join(version, version.c.draft == draft.c.key).where(~newer).order_by(version.c.id.desc())


def _draft(row: RowMapping) -> Draft:
    details = dict(row["details"])
    own_measures = details.pop("own_measures", [])  # drafts saved earlier have none
    return Draft(
        row["key"],
        row["text"],
        row["language"],
        _details(details),
        tuple(_sentence(value) for value in row["sentences"]),
        row["recorded_at"],
        row["recorded_by"],
        row["id"],
        tuple(from_values(value) for value in own_measures),
    )


def _details(value: Mapping[str, Any]) -> DraftDetails:
    day = value["effective"]
    return DraftDetails(
        **{
            **value,
            "effective": date.fromisoformat(day) if day else None,
            "catalogues": tuple(value["catalogues"]),
        }
    )


def _sentence(value: Mapping[str, Any]) -> DraftSentence:
    decision = SentenceDecision(value["decision"])
    return DraftSentence(**{**value, "measures": tuple(value["measures"]), "decision": decision})
