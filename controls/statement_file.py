"""What a statement's YAML file may say: clauses, measures, mapping, evidence requirements, systems and teams."""

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from controls.durations import NotADuration, parse
from controls.words import EVIDENCE_KINDS, MAPPING_RELATIONS, REVIEWS, SCOPES, SYSTEM_ATTRIBUTES
from controls.yaml_source import Both, Day, Digest, Given, Key, Shape, Unexpected, matching, one_of
from locales import LANGUAGES, text

ControlKey = Annotated[
    str, matching(r"[a-z0-9-]+:[A-Za-z0-9.()-]+", text("a control with its catalogue, such as iso27001-2022:A.8.24"))
]
FormatName = Annotated[str, matching(r"[a-z0-9][a-z0-9-]*", text("a format's name in lower case"))]
Attribute = Annotated[str, one_of(SYSTEM_ATTRIBUTES)]


def _renewal(value: object) -> str:
    try:
        parse(str(value))
    except NotADuration as error:
        raise Unexpected(error.message) from error
    return str(value)


Renewal = Annotated[str, BeforeValidator(_renewal)]


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


class TeamEntry(Shape):
    """A team that delivers evidence."""

    key: Key
    title: Both


class ClauseEntry(Shape):
    """An exact quotation."""

    quote: Given


class MappingEntry(Shape):
    """One control that the measure shows or supports, and why."""

    control: ControlKey
    relation: Annotated[str, one_of(MAPPING_RELATIONS)]
    rationale: Both


class RequirementEntry(Shape):
    """An evidence requirement."""

    key: Key
    title: Both
    kind: Annotated[str, one_of(EVIDENCE_KINDS)]
    formats: tuple[FormatName, ...]
    renewal: Renewal | None = None
    until: Annotated[str, one_of(["content"])] | None = None
    scope: Annotated[str, one_of(SCOPES)]
    applies_to: Attribute | None = None
    team: Key
    review: Annotated[str, one_of(REVIEWS)]
    policy: (
        Annotated[str, matching(r"[a-z0-9-]+(@[A-Za-z0-9.-]+)?", text("a policy such as tls-ncsc-nl@2025-05"))] | None
    ) = None
    judged: Both | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.renewal is None) == (self.until is None):
            raise Unexpected(text("expected either renewal, or until: content."), "renewal")
        if self.kind == "record" and self.review == "automatic":
            raise Unexpected(text("a record is never accepted automatically; expected review: required."), "review")
        if self.scope == "organisation" and self.applies_to:
            raise Unexpected(text("applies_to is about systems; expected scope: system or target."), "applies_to")
        if not self.formats:
            raise Unexpected(text("expected at least one format."), "formats")
        return self


class ControlRequirementEntry(RequirementEntry):
    """An evidence requirement of a control or requirement clause itself."""

    control: ControlKey


class MeasureEntry(Shape):
    """What the organisation says it does."""

    key: Key
    title: Both
    clauses: tuple[ClauseEntry, ...]
    mapping: tuple[MappingEntry, ...] = ()
    evidence: tuple[RequirementEntry, ...] = ()


class StatementFile(Shape):
    """The whole file."""

    statement: Head
    mapping_review: MappingReview | None = None
    systems: tuple[SystemEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    measures: tuple[MeasureEntry, ...]
    requirements: tuple[ControlRequirementEntry, ...] = ()
