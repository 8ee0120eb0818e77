"""Reads all definition files at start and brings the tables up to date with them.

The activity log records which files were loaded: the last `controls.load` entry lists each file with its SHA-256.
When the files are unchanged, nothing is parsed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls.errors import WrongFile
from controls.files import catalogue, crosswalk, explanation_file, explanation_rows
from controls.files.catalogue import CatalogueFile, bring_catalogues_up_to_date
from controls.files.crosswalk import CrosswalkFile, bring_crosswalks_up_to_date
from controls.files.explanation_file import ExplanationsFile
from controls.files.explanation_rows import bring_explanations_up_to_date
from controls.files.requirement_file import TeamEntry
from controls.files.yaml_source import Source
from controls.mapping import bring_mappings_up_to_date
from controls.statement import publishing
from controls.statement.named_systems import bring_systems_up_to_date
from controls.statement.published_here import Publication, publications, read_publications
from controls.statement.publishing import PublishedStatement, bring_statements_up_to_date
from controls.statement.requirements import DefinedRequirement, bring_requirements_up_to_date, required_evidence
from controls.statement.statement_versions import measures_reworded
from controls.statement.version_chain import Chain, chains
from locales import text
from models.bulk_changes import Change, table

HERE: Final = Path(__file__).parent
_PATTERNS: Final = ("teams.yaml", "catalogues/*.yaml", "crosswalks/*.yaml", "explanations/*/*.yaml")
_STATEMENTS: Final = ("*.yaml", "*.md")


@dataclass(frozen=True, slots=True)
class Changes:
    """Counts of changed rows by table, and the loaded files with their SHA-256. False if the tables were current."""

    tables: Mapping[str, Change]
    files: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.files)


@dataclass(frozen=True)
class Definitions:
    """The content of all definition files, checked."""

    catalogues: Sequence[Source[CatalogueFile]]
    crosswalks: Sequence[Source[CrosswalkFile]]
    explanations: Sequence[Source[ExplanationsFile]]
    teams: Sequence[TeamEntry]
    chains: Sequence[Chain]  # each statement with its versions
    followed: Sequence[str]  # keys of the catalogues that the organisation follows
    requirements: Mapping[str, DefinedRequirement]

    @property
    def statements(self) -> list[PublishedStatement]:
        """All versions of all statements."""
        return [published for chain in self.chains for published in chain.versions]


def load(
    session: Session, person: Person, now: datetime, folder: Path = HERE, statements: Path | None = None
) -> Changes:
    """Bring the tables up to date with the files and with what was published in the product; decisions stay.

    `statements`: the folder with statements, if it is not the one beside the catalogues. Raises `WrongFile` when a
    file is invalid; then nothing is changed.
    """
    require(person, "controls.load")
    published = publications(session)
    files = _digests(folder, statements, published)
    if files == _loaded(session):
        return Changes({}, {})
    tables = _bring_up_to_date(session, now, read_all(folder, statements, published))
    counts = {name: [change.added, change.changed, change.retired] for name, change in tables.items() if change}
    record(session, person, "controls.load", "controls", now, files=files, changes=counts)
    return Changes(tables, files)


def is_current(session: Session, folder: Path = HERE, statements: Path | None = None) -> bool:
    """Whether the tables were loaded from exactly these files and from what was published in the product."""
    return _digests(folder, statements, publications(session)) == _loaded(session)


def read_all(
    folder: Path = HERE, statements: Path | None = None, publications: Sequence[Publication] = ()
) -> Definitions:
    """Read every file and check it by itself and against the others. Raises `WrongFile`.

    `publications`: statements that were published in the product, beside the files.
    """
    catalogues = [catalogue.read(path) for path in sorted(folder.glob("catalogues/*.yaml"))]
    crosswalks = [crosswalk.read(path) for path in sorted(folder.glob("crosswalks/*.yaml"))]
    explanations = [explanation_file.read(path) for path in sorted(folder.glob("explanations/*/*.yaml"))]
    published = [publishing.read(path) for path in sorted((statements or folder / "statements").glob("*.yaml"))]
    published += read_publications(publications, published)
    teams = [team for path in folder.glob("teams.yaml") for team in explanation_file.read_teams(path).content.teams]
    if not catalogues:
        raise WrongFile(
            text("There is no catalogue in {folder}; expected catalogues/*.yaml there.", folder=str(folder))
        )
    controls = {key for source in catalogues for key in source.content.keys}
    crosswalk.check_all(crosswalks, controls)
    explanation_rows.check(explanations, controls, {team.key for team in teams})
    publishing.check_all(published, controls, {team.key for team in teams})
    statement_chains = chains(published)
    _unique_across(statement_chains)
    in_effect = [chain.last for chain in statement_chains]
    followed = _followed(catalogues, in_effect)
    requirements = required_evidence(explanations, in_effect, followed)
    return Definitions(catalogues, crosswalks, explanations, teams, statement_chains, followed, requirements)


def _unique_across(chains: Sequence[Chain]) -> None:
    """Refuse a measure that is in two statements; versions of one statement may share it."""
    seen: dict[str, tuple[Chain, str]] = {}
    for chain, published in ((owner, version) for owner in chains for version in owner.versions):
        for number, measure in enumerate(published.content.measures):
            other, file = seen.setdefault(measure.key, (chain, published.source.path.name))
            if other is not chain:
                raise published.source.wrong(
                    text("{key} is already in {file}.", key=measure.key, file=file), "measures", number, "key"
                )


def _followed(catalogues: Sequence[Source[CatalogueFile]], statements: Sequence[PublishedStatement]) -> list[str]:
    """Return the catalogues that statements name; if none does, those marked as followed in their own file."""
    known = [source.content.catalogue.key for source in catalogues]
    for published in statements:
        for index, key in enumerate(published.content.catalogues):
            if key not in known:
                message = text("{key} is not a catalogue; expected one of {known}.", key=key, known=", ".join(known))
                raise published.source.wrong(message, "catalogues", index)
    named = {key for published in statements for key in published.content.catalogues}
    return [
        source.content.catalogue.key
        for source in catalogues
        if (source.content.catalogue.key in named if named else source.content.catalogue.followed)
    ]


def _bring_up_to_date(session: Session, now: datetime, definitions: Definitions) -> dict[str, Change]:
    """Update the tables in the order of their references."""
    chains = definitions.chains
    statements = definitions.statements
    in_effect = [chain.last for chain in chains]
    reworded = measures_reworded(session, chains)  # against what the tables held until now
    return {
        "control": bring_catalogues_up_to_date(session, now, definitions.catalogues, definitions.followed),
        "crosswalk": bring_crosswalks_up_to_date(session, now, definitions.crosswalks),
        "explanation": bring_explanations_up_to_date(session, definitions.explanations),
        **bring_statements_up_to_date(session, now, statements, in_effect, definitions.teams),
        "system": bring_systems_up_to_date(session, now, in_effect),
        "mapping": bring_mappings_up_to_date(session, now, chains, reworded),
        "evidence_requirement": bring_requirements_up_to_date(session, now, definitions.requirements),
    }


def _digests(folder: Path, statements: Path | None, publications: Sequence[Publication]) -> dict[str, str]:
    """Return the SHA-256 of every file and publication that is read, and of the code that reads them."""
    place = statements or folder / "statements"
    paths = {path.relative_to(folder).as_posix(): path for pattern in _PATTERNS for path in folder.glob(pattern)}
    paths |= {f"statements/{path.name}": path for pattern in _STATEMENTS for path in place.glob(pattern)}
    files = {name: _digest(path) for name, path in sorted(paths.items()) if path.name != "README.md"}
    files |= {f"published/{publication.key}": publication.sha256 for publication in publications}
    code = "".join(_digest(path) for path in sorted(HERE.glob("*.py")))
    return {**files, "reader": hashlib.sha256(code.encode()).hexdigest()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _loaded(session: Session) -> dict[str, str] | None:
    activity = table("activity")
    last = select(activity.c.details).where(activity.c.verb == "controls.load").order_by(activity.c.id.desc()).limit(1)
    details = session.execute(last).scalar_one_or_none()
    return details["files"] if details else None
