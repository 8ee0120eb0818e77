"""Structure of evidence requirements and teams in statements and explanations."""

from typing import Annotated, Self

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from controls.files.words import EVIDENCE_KINDS, REVIEWS, SCOPES, SYSTEM_ATTRIBUTES
from controls.files.yaml_source import Both, Flag, Key, Shape, Unexpected, matching, one_of
from locales import text
from models.durations import NotADuration, parse
from models.vocabulary import EvidenceKind, ReviewMode, Scope

ControlKey = Annotated[
    str, matching(r"[a-z0-9-]+:[A-Za-z0-9.()-]+", text("a control with its catalogue, such as iso27001-2022:A.8.24"))
]
FormatName = Annotated[str, matching(r"[a-z0-9][a-z0-9_-]*", text("a format's name in lower case"))]
Attribute = Annotated[str, one_of(SYSTEM_ATTRIBUTES)]


def _renewal(value: object) -> str:
    try:
        parse(str(value))
    except NotADuration as error:
        raise Unexpected(error.message) from error
    return str(value)


Renewal = Annotated[str, BeforeValidator(_renewal), WithJsonSchema({"type": "string", "pattern": "^P[0-9YMWD]+$"})]


class TeamEntry(Shape):
    """A team that delivers evidence."""

    key: Key
    title: Both


class RequirementEntry(Shape):
    """An evidence requirement: which evidence, how often renewed, for which scope, delivered by which team."""

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
    documented: Flag = False  # documented information required by ISO/IEC 27001, clauses 4 to 10

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.renewal is None) == (self.until is None):
            raise Unexpected(text("expected either renewal, or until: content."), "renewal")
        if self.kind == EvidenceKind.RECORD and self.review == ReviewMode.AUTOMATIC:
            raise Unexpected(text("a record is never accepted automatically; expected review: required."), "review")
        if self.scope == Scope.ORGANISATION and self.applies_to:
            raise Unexpected(text("applies_to is about systems; expected scope: system or target."), "applies_to")
        if not self.formats:
            raise Unexpected(text("expected at least one format."), "formats")
        return self


class ControlRequirementEntry(RequirementEntry):
    """An evidence requirement of a control or requirement clause, not of a measure."""

    control: ControlKey
