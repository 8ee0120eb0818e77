"""Structure of a statement's YAML file: measures with clauses, mapping and evidence; systems and teams."""

from typing import Annotated

from controls.files.requirement_file import Attribute, ControlKey, ControlRequirementEntry, RequirementEntry, TeamEntry
from controls.files.words import MAPPING_RELATIONS
from controls.files.yaml_source import Both, Day, Digest, Flag, Given, Key, Shape, matching, one_of
from locales import LANGUAGES, text


class Head(Shape):
    """The published text: its file, digest, effective day, organisation and title."""

    key: Key
    text: Annotated[
        str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]*\.md", text("the name of a Markdown file beside this one"))
    ]
    sha256: Digest
    effective: Day
    organisation: Given
    language: Annotated[str, one_of(LANGUAGES)]
    source: Annotated[str, matching(r"https?://\S+", text("an address that begins with https://"))]
    title: Both
    replaces: Key | None = None  # the version before, whose files stay in the folder


class MappingReview(Shape):
    """Who reviewed the whole mapping, and on which day; without it, each row waits for review."""

    by: Given
    on: Day


class SystemEntry(Shape):
    """A system that the statement names; in scope from `since`, until the organisation changes that."""

    key: Key
    title: Both
    attributes: tuple[Attribute, ...] = ()
    since: Day


class ClauseEntry(Shape):
    """An exact quotation of the text; a file with an unconfirmed quotation is refused."""

    quote: Given
    confirmed: Flag = True


class MappingEntry(Shape):
    """A control to which the measure is mapped, with the relation and the rationale."""

    control: ControlKey
    relation: Annotated[str, one_of(MAPPING_RELATIONS)]
    rationale: Both


class MeasureEntry(Shape):
    """A measure that the statement promises.

    `requires` names evidence requirements of controls (explanations/) that demonstrate this measure: they then belong
    to it. `evidence` defines requirements that no control has, or replaces the definition of a control.
    """

    key: Key
    title: Both
    clauses: tuple[ClauseEntry, ...]
    mapping: tuple[MappingEntry, ...] = ()
    requires: tuple[Key, ...] = ()
    evidence: tuple[RequirementEntry, ...] = ()


class NoMeasureEntry(Shape):
    """Exact quotes without a measure, and the reason."""

    quotes: tuple[Given, ...]
    reason: Both


class WithoutEntry(Shape):
    """An evidence requirement of a control that the organisation does not use, with the reason."""

    requirement: Key
    because: Both


class StatementFile(Shape):
    """The content of a statement's file."""

    statement: Head
    catalogues: tuple[Key, ...] = ()  # those that are followed; empty: those followed by default
    mapping_review: MappingReview | None = None
    systems: tuple[SystemEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    measures: tuple[MeasureEntry, ...]
    no_measure: tuple[NoMeasureEntry, ...] = ()  # one that lists any lists every sentence that has no measure
    requirements: tuple[ControlRequirementEntry, ...] = ()
    without: tuple[WithoutEntry, ...] = ()
