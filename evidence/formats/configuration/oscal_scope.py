"""What an assessment of OSCAL was to assess by its document, and what it leaves open: controls, risks, observations."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import objects, string, strings
from evidence.formats.values import storable
from locales import Text, plural, text

_DONE = frozenset(("closed", "deviation-approved"))  # statuses of a risk that nobody still has to look at
_EARLIER = timedelta(days=1)  # before the assessment began, as moments may lack their zone
_AFTER_ID = ("_", ".")  # between the id of a control and that of its statement or objective
_MOST, _MOST_NAMED = 10_000, 5


class AssessmentScope:
    """What the assessments of a document were to assess, as it is read."""

    def __init__(self) -> None:
        self._wanted: dict[str, None] = {}  # controls
        self._excluded: dict[str, None] = {}
        self._parts: dict[str, None] = {}  # statements of controls to which the assessment is limited
        self._targets: set[str] = set()  # of findings
        self._open_risks = 0
        self._collected: datetime | None = None  # first of all
        self._expired: datetime | None = None

    def add_selection(self, content: Any) -> None:
        """Add a selection of controls."""
        for control in objects(content, "include-controls"):
            statements = strings(control, "statement-ids")
            _note(self._parts if statements else self._wanted, statements or [string(control, "control-id")])
        _note(self._excluded, (string(control, "control-id") for control in objects(content, "exclude-controls")))

    def add_target(self, name: str) -> None:
        """Add what a finding is about."""
        if len(self._targets) < _MOST:
            self._targets.add(name)

    def add_risk(self, status: str) -> None:
        """Add a risk by its status."""
        self._open_risks += status not in _DONE

    def add_observation(self, content: Any) -> None:
        """Add when an observation was made, and until when it holds."""
        self._collected = _earliest(self._collected, string(content, "collected"))
        self._expired = _earliest(self._expired, string(content, "expires"))

    def doubts(self, first: datetime | None, last: datetime | None) -> Iterator[Text]:
        """What the assessments may have missed. `first`, `last`: when they began and ended."""
        if self._targets and (missing := [name for name in self._wanted if not self._has_finding(name)]):
            yield text("These controls were to be assessed, and have no finding: {names}.", names=_some(missing))
        if self._excluded:
            yield text("The assessment left these controls out: {names}.", names=_some(self._excluded))
        if self._parts:
            yield text("Only parts of controls were assessed: {names}.", names=_some(self._parts))
        if self._open_risks:
            yield plural(
                "The assessment names one risk that is not closed.",
                "The assessment names {n} risks that are not closed.",
                self._open_risks,
            )
        if first and self._collected and self._collected < _like(first, self._collected) - _EARLIER:
            yield text(
                "Something was observed on {day}, before the assessment began; see whether it still holds.",
                day=self._collected.date(),
            )
        if last and self._expired and self._expired < _like(last, self._expired):
            yield text(
                "An observation holds until {day} only, which is before the assessment ended.",
                day=self._expired.date(),
            )

    def _has_finding(self, control: str) -> bool:
        begins = tuple(f"{control}{mark}" for mark in _AFTER_ID)
        return any(target == control or target.startswith(begins) for target in self._targets)


def _note(names: dict[str, None], more: Iterable[str]) -> None:
    names |= dict.fromkeys(storable(name, 80) for name in more if name and len(names) < _MOST)


def _earliest(known: datetime | None, written: str) -> datetime | None:
    """The earlier of two moments; one with another kind of zone than the first is left out."""
    moment = iso_moment(written)
    if moment is None or known is None:
        return known or moment
    return min(known, moment) if (known.tzinfo is None) == (moment.tzinfo is None) else known


def _like(moment: datetime, other: datetime) -> datetime:
    """The moment with the zone of another, if one of them has none."""
    return moment if (moment.tzinfo is None) == (other.tzinfo is None) else moment.replace(tzinfo=other.tzinfo)


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:_MOST_NAMED]) + (", …" if len(listed) > _MOST_NAMED else "")
