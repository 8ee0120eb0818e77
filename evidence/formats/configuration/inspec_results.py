"""The results of InSpec's controls: outcome, rating, moment and message, and what someone accepted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import string
from evidence.formats.severity_words import INFO, UNKNOWN, by_score, by_word
from evidence.formats.values import ERROR, FAIL, NOT_APPLICABLE, NOT_EVALUATED, PASS, SKIPPED

_OUTCOMES = {
    "passed": PASS,
    "failed": FAIL,
    "skipped": SKIPPED,
    "error": ERROR,
    "not_applicable": NOT_APPLICABLE,
}
#: of a control as a whole, where it contradicts a result that passed
_OF_CONTROLS = {"failed": FAIL, "error": ERROR, "not_reviewed": SKIPPED}
_MESSAGES = ("code_desc", "message", "skip_message", "exception")
_ZONE = re.compile(r"\s+(UTC|[+-]\d\d:?\d\d)$")
_EXPIRED = "waiver expired"


@dataclass(frozen=True, slots=True)
class Control:
    """What the results of a control share."""

    check: str
    severity: str
    rating: str
    waiver: Mapping[str, Any] = field(default_factory=dict)
    attested: bool = False
    status: str = ""  # of the control as a whole, as InSpec writes it with --enhanced-outcomes

    @property
    def justification(self) -> str:
        return string(self.waiver, "justification") if self.waiver else ""

    @property
    def is_skipped_by_waiver(self) -> bool:
        return str(self.waiver.get("skipped_due_to_waiver")).lower() == "true"

    def is_waived(self, moment: datetime | None) -> bool:
        """Whether a waiver was in force; with `run`, the control is carried out, and a failure accepted."""
        if self.is_skipped_by_waiver:
            return True
        if not self.justification or string(self.waiver, "message").lower().startswith(_EXPIRED):
            return False
        ends = string(self.waiver, "expiration_date")
        return not ends or (moment is not None and _day(ends) > moment.date())


def outcome_of(content: Mapping[str, Any], control: Control) -> str:
    """The outcome of a result; what is skipped in a control without impact does not apply.

    A result that passed in a control that did not has the outcome of the control.
    """
    outcome = _OUTCOMES.get(string(content, "status"), NOT_EVALUATED)
    if outcome in (PASS, NOT_EVALUATED):
        outcome = _contradicting(content) or (_OF_CONTROLS.get(control.status, outcome) if outcome == PASS else outcome)
    return NOT_APPLICABLE if outcome == SKIPPED and control.rating == INFO else outcome


def _contradicting(content: Mapping[str, Any]) -> str:
    """The outcome that a result has by its other fields; empty if they do not contradict its status."""
    if content.get("backtrace") or content.get("exception"):
        return ERROR
    return SKIPPED if content.get("skip_message") else ""


def rating_of(impact: Any) -> str:
    """The rating of an impact, a number from 0 to 1 or one of InSpec's words."""
    if isinstance(impact, str):
        return by_word(impact)
    return by_score(round(impact * 10, 6)) if isinstance(impact, int | float) else UNKNOWN


def is_set_aside(outcome: str, content: Mapping[str, Any], control: Control, moment: datetime | None) -> bool:
    """Whether a result does not count as it is, as someone waived, overrode or attested it."""
    if outcome == PASS:
        return control.attested or _is_overridden(content)
    return control.is_waived(moment) or (outcome not in (FAIL, ERROR) and _is_overridden(content))


def _is_overridden(content: Mapping[str, Any]) -> bool:
    return content.get("originalStatus") not in (None, "", content.get("status"))


def _day(written: str) -> date:
    """The day at the start of a text; the first of all days where there is none."""
    moment = iso_moment(written[:10])
    return moment.date() if moment else date.min


def moment_of(written: str) -> datetime | None:
    """A moment in ISO 8601, or as Ruby writes it (`2017-09-22 14:12:44 -0400`)."""
    return iso_moment(_ZONE.sub(lambda match: "+00:00" if match[1] == "UTC" else match[1], written.strip()))


def message_of(content: Mapping[str, Any], justification: str) -> str:
    """What a result tested and says, with why its control was waived."""
    parts = [string(content, name) for name in _MESSAGES if name in content]
    parts += [f"waiver: {justification}"] if justification else []
    return "; ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part))
