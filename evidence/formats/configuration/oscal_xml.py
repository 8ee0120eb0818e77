"""The XML of OSCAL, read into the objects that its JSON has (only those that are needed).

Schema: `oscal_assessment-results_schema.xsd` of usnistgov/OSCAL.
"""

from typing import TYPE_CHECKING, Any

from evidence.formats.configuration.oscal_assessments import (
    FINDING,
    ITEM,
    OBSERVATION,
    RISK,
    SELECTION,
    START,
    Assessments,
)
from evidence.formats.reading.xml_stream import ElementText, local

if TYPE_CHECKING:
    from evidence.formats.values import Result

_RESULT = "assessment-results/result"
_DEFINITIONS = ("assessment-results/local-definitions", f"{_RESULT}/local-definitions")
#: places that become an object, with the kind under which it is gathered
_OBJECTS = {
    f"{_RESULT}/observation": OBSERVATION,
    f"{_RESULT}/finding": FINDING,
    f"{_RESULT}/risk": RISK,
    f"{_RESULT}/reviewed-controls/control-selection": SELECTION,
    "plan-of-action-and-milestones/poam-item": ITEM,
    **{f"{place}/component": "component" for place in _DEFINITIONS},
    **{f"{place}/inventory-item": "inventory-item" for place in _DEFINITIONS},
    **{f"{place}/assessment-assets/component": "tool" for place in _DEFINITIONS},
}
_TEXTS = {
    "assessment-results/metadata/oscal-version": "version",
    f"{_RESULT}/start": "start",
    f"{_RESULT}/end": "end",
    f"{_RESULT}/title": "title",
}
_TEXT_LISTS = {"method": "methods", "statement-id": "statement-ids"}  # of texts alone
_PLURAL = {
    "prop": "props",
    "subject": "subjects",
    **_TEXT_LISTS,
    "include-control": "include-controls",
    "exclude-control": "exclude-controls",
    "related-observation": "related-observations",
    "associated-risk": "related-risks",  # its name until 1.1
    "related-risk": "related-risks",
}
_NAMES = frozenset(("title", "description", "remarks", "status", "collected", "expires", *_TEXT_LISTS))  # with text
_LONGEST, _MOST, _DEEPEST = 2_000, 2_000, 12  # characters of a text; elements within an object; elements around one
_LEFT_OUT: dict[str, Any] = {}  # stands for an element that is not read
_RESULTS = frozenset((OBSERVATION, FINDING, ITEM))


class _Objects(ElementText):
    """The parser's target: objects are closed one by one; `results` holds those not yet taken."""

    def __init__(self, assessments: Assessments) -> None:
        self.results: list[Result] = []
        self._assessments = assessments
        self._path: list[str] = []
        self._open: list[dict[str, Any]] = []  # the object that is read, and those within it
        self._elements = 0
        self._below = 0  # open elements that are too deep to be read
        self._text: list[str] | None = None
        self._room = 0
        self._depth = 0  # of the element whose text is read

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            self._below += 1
            return
        name = local(tag)
        self._path.append(name)
        place = "/".join(self._path)
        if place == _RESULT:
            self.begin()
        elif not self._open and place in _OBJECTS:
            self._open, self._elements = [dict(attributes)], 0
        elif self._open:
            self._open_within(name, attributes)
        if self._text is None and (place in _TEXTS or (self._open and name in _NAMES)):
            self._text, self._room, self._depth = [], _LONGEST, len(self._path)

    def _open_within(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element within an object; from a number on they are left out."""
        self._elements += 1
        if self._elements > _MOST:
            self._open.append(_LEFT_OUT)
            return
        inside: dict[str, Any] = dict(attributes)
        self._open.append(inside)
        if plural := _PLURAL.get(name):
            self._open[-2].setdefault(plural, []).append(inside)
        else:
            self._open[-2].setdefault(name, inside)

    def end(self, _tag: str) -> None:
        if self._below:
            self._below -= 1
            return
        name, place = self._path[-1], "/".join(self._path)
        if self._text is not None and len(self._path) == self._depth:
            self._close_text(place, name, " ".join("".join(self._text).split()))
            self._text = None
        self._path.pop()
        if self._open:
            closed = self._open.pop()
            if not self._open:
                self.close_object(_OBJECTS[place], closed)

    def _close_text(self, place: str, name: str, value: str) -> None:
        if place in _TEXTS:
            self.close_text(_TEXTS[place], value)
        elif len(self._open) > 1:
            around, inside = self._open[-2], self._open[-1]
            if (listed := around.get(_TEXT_LISTS.get(name, ""))) and listed[-1] is inside:
                listed[-1] = value
            elif value and around.get(name) is inside and (name != "status" or not inside):
                around[name] = value

    def begin(self) -> None:
        """An assessment begins."""

    def close_text(self, kind: str, value: str) -> None:
        """A text of the document or of an assessment."""
        del kind, value

    def close_object(self, kind: str, content: dict[str, Any]) -> None:
        """An object of an assessment."""
        raise NotImplementedError

    def finish(self) -> None:
        """Called after everything was read."""


class Gathered(_Objects):
    """Gathers what must be known before there are results."""

    def begin(self) -> None:
        self._assessments.gather(START, None)

    def close_text(self, kind: str, value: str) -> None:
        self._assessments.gather(kind, value)

    def close_object(self, kind: str, content: dict[str, Any]) -> None:
        self._assessments.gather(kind, content)


class Written(_Objects):
    """Makes the results."""

    def begin(self) -> None:
        self._assessments.next_assessment()

    def close_object(self, kind: str, content: dict[str, Any]) -> None:
        if kind in _RESULTS and (result := self._assessments.result(kind, content)):
            self.results.append(result)

    def finish(self) -> None:
        """Complete the run."""
        self._assessments.finish()
