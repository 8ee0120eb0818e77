"""Evidence requirements: which are asked, and a new version only where a definition changed; kind and scope never do.

The explanations of controls ask by default. A statement takes what its measures promise (`requires`), defines its own,
and may do without some, with a reason. A default that a measure takes belongs to the measure; so that the control does
not lose it, that measure must be primary for the control.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from controls.errors import WrongFile
from controls.files.explanation_file import ExplanationsFile
from controls.files.requirement_file import ControlRequirementEntry, RequirementEntry
from controls.files.statement_file import MeasureEntry
from controls.files.yaml_source import Source
from controls.files.yaml_tree import Where
from controls.statement.publishing import Published
from locales import Text, text
from models.queries import latest
from models.rows import Change, Row, add, table
from models.vocabulary import MappingRelation


@dataclass(frozen=True, slots=True)
class Asked:
    """One evidence requirement: of a measure or of a control, and where its definition stands."""

    source: Source[Any]
    where: Where
    entry: RequirementEntry
    measure: str | None
    control: str | None
    place: Where = ()  # where a statement asks for it

    def wrong(self, message: Text, *field: str) -> WrongFile:
        """The error to raise about its definition."""
        return self.source.wrong(message, *self.where, *field)


def asked(
    explanations: Sequence[Source[ExplanationsFile]], statements: Sequence[Published], catalogues: Collection[str]
) -> dict[str, Asked]:
    """What these files ask of an organisation that answers to these catalogues, by key. Raises `WrongFile`."""
    defaults = _defaults(explanations)
    found = {key: one for key, one in defaults.items() if one.source.content.catalogue in catalogues}
    taken: dict[str, str] = {}
    for published in statements:
        for one in [*_taken(published, defaults), *_own(published, defaults)]:
            _once(published, one, taken)
            found[one.entry.key] = one
    for published in statements:
        for key in _without(published, defaults, taken):
            found.pop(key, None)
    return found


def _defaults(explanations: Sequence[Source[ExplanationsFile]]) -> dict[str, Asked]:
    return {
        entry.key: Asked(source, where, entry, None, control)
        for source in explanations
        for where, control, entry in source.content.requirements()
    }


def _taken(published: Published, defaults: Mapping[str, Asked]) -> list[Asked]:
    """The defaults that measures require."""
    found = []
    for number, measure in enumerate(published.content.measures):
        for index, key in enumerate(measure.requires):
            where = ("measures", number, "requires", index)
            default = _known(published, where, key, defaults)
            _shows(published, where, measure, default)
            found.append(replace(default, measure=measure.key, control=None, place=where))
    return found


def _own(published: Published, defaults: Mapping[str, Asked]) -> list[Asked]:
    """What the statement defines itself; under the key of a default it takes its place."""
    measures = {measure.key: measure for measure in published.content.measures}
    found = []
    for where, measure, entry in published.requirements():
        control = entry.control if isinstance(entry, ControlRequirementEntry) else None
        default = defaults.get(entry.key)
        if default is not None and measure is not None:
            _shows(published, where, measures[measure], default)
        elif default is not None and control != default.control:
            raise published.source.wrong(
                text("{requirement} belongs to {control}.", requirement=entry.key, control=default.control or ""),
                *(*where, "control"),
            )
        found.append(Asked(published.source, where, entry, measure, control, (*where, "key")))
    return found


def _shows(published: Published, where: Where, measure: MeasureEntry, default: Asked) -> None:
    if any(row.control == default.control and row.relation == MappingRelation.PRIMARY for row in measure.mapping):
        return
    raise published.source.wrong(
        text(
            "{requirement} belongs to {control}; expected a primary mapping of {measure} to it.",
            requirement=default.entry.key,
            control=default.control or "",
            measure=measure.key,
        ),
        *where,
    )


def _once(published: Published, one: Asked, taken: dict[str, str]) -> None:
    if file := taken.get(one.entry.key):
        message = text("the evidence requirement {key} stands in {file} already.", key=one.entry.key, file=file)
        raise published.source.wrong(message, *one.place)
    taken[one.entry.key] = published.source.path.name


def _without(published: Published, defaults: Mapping[str, Asked], taken: Collection[str]) -> list[str]:
    keys = []
    for index, entry in enumerate(published.content.without):
        where = ("without", index, "requirement")
        _known(published, where, entry.requirement, defaults)
        if entry.requirement in taken:
            raise published.source.wrong(
                text("a statement asks for {requirement} as well.", requirement=entry.requirement), *where
            )
        keys.append(entry.requirement)
    return keys


def _known(published: Published, where: Where, key: str, defaults: Mapping[str, Asked]) -> Asked:
    if key in defaults:
        return defaults[key]
    raise published.source.wrong(
        text("{requirement} is no evidence requirement of a control; see explanations/.", requirement=key), *where
    )


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def bring_requirements_up_to_date(session: Session, now: datetime, wanted: Mapping[str, Asked]) -> Change:
    """Add a version of every requirement that is new, changed or back, and a retired one of those that vanished."""
    before = {row["key"]: row for row in _latest(session)}
    for key, one in wanted.items():
        _same_kind_and_scope(one, before.get(key))
    rows = {key: _row(one) for key, one in wanted.items()}
    versions = [row for key, row in rows.items() if key not in before or before[key] != row]
    gone = [{**row, "retired": True} for key, row in before.items() if key not in rows and not row["retired"]]
    add(session, "evidence_requirement", [{**row, "recorded_at": now} for row in [*versions, *gone]])
    new = sum(1 for row in versions if row["key"] not in before)
    return Change(new, len(versions) - new, len(gone))


def _same_kind_and_scope(one: Asked, before: Row | None) -> None:
    """Evidence filed for the old kind or scope would mean something else under the new one."""
    for name in ("kind", "scope"):
        if before is not None and before[name] != getattr(one.entry, name):
            raise one.wrong(
                text(
                    "the {name} of {requirement} was {before} and can't change; give the new requirement another key.",
                    name=name,
                    requirement=one.entry.key,
                    before=before[name],
                ),
                name,
            )


def _row(one: Asked) -> dict[str, Any]:
    entry = one.entry
    return {
        "key": entry.key,
        "measure": one.measure,
        "control": one.control,
        "kind": entry.kind,
        "scope": entry.scope,
        "applies_to": entry.applies_to,
        "renewal": entry.renewal or "",
        "review": entry.review,
        "formats": list(entry.formats),
        "policy": entry.policy,
        "team": entry.team,
        "title_nl": entry.title.nl,
        "title_en": entry.title.en,
        "judged_nl": entry.judged.nl if entry.judged else "",
        "judged_en": entry.judged.en if entry.judged else "",
        "documented": entry.documented,
        "retired": False,
    }


def _latest(session: Session) -> list[Row]:
    requirement = table("evidence_requirement")
    columns = [column for column in requirement.c if column.name not in ("id", "recorded_at")]
    return [dict(row) for row in session.execute(select(*columns).where(latest(requirement, "key"))).mappings()]
