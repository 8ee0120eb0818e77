"""What a statement's YAML file may say: clauses, measures, mapping, evidence requirements, systems and teams."""

from typing import Annotated

from controls.files.requirement_file import Attribute, ControlKey, ControlRequirementEntry, RequirementEntry, TeamEntry
from controls.files.words import MAPPING_RELATIONS
from controls.files.yaml_source import Both, Day, Digest, Flag, Given, Key, Shape, matching, one_of
from locales import LANGUAGES, text


class Head(Shape):
    """Which text."""

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
    """Who reviewed the whole mapping, and when; without it, each row waits for review."""

    by: Given
    on: Day


class SystemEntry(Shape):
    """A system that the statement names; in scope `since`, until the organisation says otherwise."""

    key: Key
    title: Both
    attributes: tuple[Attribute, ...] = ()
    since: Day


class ClauseEntry(Shape):
    """An exact quotation; one that is proposed and not confirmed is refused."""

    quote: Given
    confirmed: Flag = True


class MappingEntry(Shape):
    """One control that the measure shows or supports, and why."""

    control: ControlKey
    relation: Annotated[str, one_of(MAPPING_RELATIONS)]
    rationale: Both


class MeasureEntry(Shape):
    """What the organisation says it does.

    `requires` names evidence requirements of controls (explanations/) that show this measure: they then belong to it.
    `evidence` defines those that no control asks by itself, or that are defined otherwise here.
    """

    key: Key
    title: Both
    clauses: tuple[ClauseEntry, ...]
    mapping: tuple[MappingEntry, ...] = ()
    requires: tuple[Key, ...] = ()
    evidence: tuple[RequirementEntry, ...] = ()


class NoMeasureEntry(Shape):
    """Exact quotations that no measure stands behind, and why."""

    quotes: tuple[Given, ...]
    reason: Both


class WithoutEntry(Shape):
    """An evidence requirement of a control that the organisation does not use, and why."""

    requirement: Key
    because: Both


class StatementFile(Shape):
    """The whole file."""

    statement: Head
    catalogues: tuple[Key, ...] = ()  # those that the organisation answers to; none: those that say so themselves
    mapping_review: MappingReview | None = None
    systems: tuple[SystemEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    measures: tuple[MeasureEntry, ...]
    no_measure: tuple[NoMeasureEntry, ...] = ()  # one that lists any lists every sentence that has no measure
    requirements: tuple[ControlRequirementEntry, ...] = ()
    without: tuple[WithoutEntry, ...] = ()
