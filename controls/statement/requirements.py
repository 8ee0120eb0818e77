"""Evidence requirements: which ones apply, and their versions in the table.

Explanations of controls define the default requirements. A statement assigns some of these to its measures
(`requires`), defines its own (`evidence`, `requirements`) and may drop some with a reason (`without`). A default
assigned to a measure belongs to that measure, which must therefore have a primary mapping to the control.

A new version is recorded only where a definition changed. The kind and scope of a requirement never change.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from controls.assignments import assigned_teams
from controls.errors import WrongFile
from controls.files.explanation_file import ExplanationsFile
from controls.files.requirement_file import ControlRequirementEntry, RequirementEntry
from controls.files.statement_file import MeasureEntry
from controls.files.yaml_source import Source
from controls.files.yaml_tree import Where
from controls.statement.publishing import PublishedStatement
from locales import Text, text
from models.bulk_changes import Change, Row, add, table
from models.queries import latest
from models.vocabulary import MappingRelation


@dataclass(frozen=True, slots=True)
class DefinedRequirement:
    """An evidence requirement of a measure or of a control, with the file and place that define it."""

    source: Source[Any]
    where: Where
    entry: RequirementEntry
    measure: str | None
    control: str | None
    place: Where = ()  # where a statement names it; empty for a default

    def wrong(self, message: Text, *field: str) -> WrongFile:
        """Return the error about its definition, with file and line."""
        return self.source.wrong(message, *self.where, *field)


def required_evidence(
    explanations: Sequence[Source[ExplanationsFile]],
    statements: Sequence[PublishedStatement],
    catalogues: Collection[str],
) -> dict[str, DefinedRequirement]:
    """Return the evidence requirements that apply to an organisation that follows these catalogues, by key.

    Raises `WrongFile` for a statement that names an unknown default, takes one that belongs to another control, or
    both requires and drops one.
    """
    defaults = _defaults(explanations)
    required = {
        key: requirement for key, requirement in defaults.items() if requirement.source.content.catalogue in catalogues
    }
    files: dict[str, str] = {}
    for published in statements:
        for requirement in [*_assigned(published, defaults), *_own(published, defaults)]:
            _refuse_second(published, requirement, files)
            required[requirement.entry.key] = requirement
    for published in statements:
        for key in _dropped(published, defaults, files):
            required.pop(key, None)
    return required


def _defaults(explanations: Sequence[Source[ExplanationsFile]]) -> dict[str, DefinedRequirement]:
    return {
        entry.key: DefinedRequirement(source, where, entry, None, control)
        for source in explanations
        for where, control, entry in source.content.requirements()
    }


def _assigned(published: PublishedStatement, defaults: Mapping[str, DefinedRequirement]) -> list[DefinedRequirement]:
    """Return the defaults that measures require."""
    requirements = []
    for number, measure in enumerate(published.content.measures):
        for index, key in enumerate(measure.requires):
            where = ("measures", number, "requires", index)
            default = _default(published, where, key, defaults)
            _require_primary(published, where, measure, default)
            requirements.append(replace(default, measure=measure.key, control=None, place=where))
    return requirements


def _own(published: PublishedStatement, defaults: Mapping[str, DefinedRequirement]) -> list[DefinedRequirement]:
    """Return the requirements that the statement defines itself; one with the key of a default replaces it."""
    measures = {measure.key: measure for measure in published.content.measures}
    requirements = []
    for where, measure, entry in published.requirements():
        control = entry.control if isinstance(entry, ControlRequirementEntry) else None
        default = defaults.get(entry.key)
        if default is not None and measure is not None:
            _require_primary(published, where, measures[measure], default)
        elif default is not None and control != default.control:
            raise published.source.wrong(
                text("{requirement} belongs to {control}.", requirement=entry.key, control=default.control or ""),
                *(*where, "control"),
            )
        requirements.append(DefinedRequirement(published.source, where, entry, measure, control, (*where, "key")))
    return requirements


def _require_primary(
    published: PublishedStatement, where: Where, measure: MeasureEntry, default: DefinedRequirement
) -> None:
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


def _refuse_second(published: PublishedStatement, requirement: DefinedRequirement, files: dict[str, str]) -> None:
    if file := files.get(requirement.entry.key):
        message = text("the evidence requirement {key} is already in {file}.", key=requirement.entry.key, file=file)
        raise published.source.wrong(message, *requirement.place)
    files[requirement.entry.key] = published.source.path.name


def _dropped(
    published: PublishedStatement, defaults: Mapping[str, DefinedRequirement], files: Collection[str]
) -> list[str]:
    keys = []
    for index, entry in enumerate(published.content.without):
        where = ("without", index, "requirement")
        _default(published, where, entry.requirement, defaults)
        if entry.requirement in files:
            raise published.source.wrong(
                text("a statement also requires {requirement}.", requirement=entry.requirement), *where
            )
        keys.append(entry.requirement)
    return keys


def _default(
    published: PublishedStatement, where: Where, key: str, defaults: Mapping[str, DefinedRequirement]
) -> DefinedRequirement:
    if key in defaults:
        return defaults[key]
    raise published.source.wrong(
        text("{requirement} is not an evidence requirement of a control; see explanations/.", requirement=key), *where
    )


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def bring_requirements_up_to_date(session: Session, now: datetime, wanted: Mapping[str, DefinedRequirement]) -> Change:
    """Record a version of each requirement that is new, changed or back, and a retired one of each that is gone."""
    before = {row["key"]: row for row in _latest(session)}
    for key, requirement in wanted.items():
        _require_same_kind_and_scope(requirement, before.get(key))
    rows = {key: _row(requirement) for key, requirement in wanted.items()}
    for key, team in assigned_teams(session).items():
        if key in rows:
            rows[key]["team"] = team  # what a person decided stays, whatever the file says
    versions = [row for key, row in rows.items() if key not in before or before[key] != row]
    gone = [{**row, "retired": True} for key, row in before.items() if key not in rows and not row["retired"]]
    add(session, "evidence_requirement", [{**row, "recorded_at": now} for row in [*versions, *gone]])
    new = sum(1 for row in versions if row["key"] not in before)
    return Change(new, len(versions) - new, len(gone))


def _require_same_kind_and_scope(requirement: DefinedRequirement, before: Row | None) -> None:
    """Refuse a changed kind or scope: evidence recorded for the old one would mean something else."""
    for name in ("kind", "scope"):
        if before is not None and before[name] != getattr(requirement.entry, name):
            raise requirement.wrong(
                text(
                    "the {name} of {requirement} was {before} and can't change; give the new requirement another key.",
                    name=name,
                    requirement=requirement.entry.key,
                    before=before[name],
                ),
                name,
            )


def _row(requirement: DefinedRequirement) -> dict[str, Any]:
    entry = requirement.entry
    return {
        "key": entry.key,
        "measure": requirement.measure,
        "control": requirement.control,
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
