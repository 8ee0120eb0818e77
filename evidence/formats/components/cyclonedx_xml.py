"""The XML of CycloneDX. Schemas: `bom-1.4.xsd` and later of CycloneDX/specification."""

from typing import TYPE_CHECKING

from evidence.formats.components.cyclonedx_statements import Rating, Statements
from evidence.formats.reading.xml_stream import ElementText, local

if TYPE_CHECKING:
    from evidence.formats.values import Result

ROOT = "bom"
_LONGEST = 1_000  # characters of a value
_VULNERABILITY = "bom/vulnerabilities/vulnerability"
_RATING = f"{_VULNERABILITY}/ratings/rating"
_SUBJECT = "bom/metadata/component"
_TOOLS = frozenset(("bom/metadata/tools/tool", "bom/metadata/tools/components/component"))
_BEGINS = frozenset((_VULNERABILITY, _SUBJECT, *_TOOLS))
_FIELDS = {
    f"{_VULNERABILITY}/id": "id",
    f"{_VULNERABILITY}/description": "description",
    f"{_VULNERABILITY}/analysis/state": "state",
    f"{_VULNERABILITY}/analysis/justification": "justification",
    f"{_VULNERABILITY}/analysis/detail": "detail",
    f"{_VULNERABILITY}/affects/target/ref": "ref",
    f"{_RATING}/severity": "severity",
    f"{_RATING}/score": "score",
    "bom/metadata/timestamp": "timestamp",
    **{f"{place}/{name}": name for place in (_SUBJECT, *_TOOLS) for name in ("name", "version")},
}


class Vulnerabilities(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, statements: Statements) -> None:
        self.results: list[Result] = []
        self._statements = statements
        self._path: list[str] = []
        self._fields: dict[str, str] = {}
        self._refs: list[str] = []
        self._ratings: list[Rating] = []
        self._text: list[str] | None = None
        self._room = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        self._path.append(local(tag))
        place = "/".join(self._path)
        if place in _BEGINS:
            self._fields, self._refs, self._ratings = {}, [], []
        elif place == _RATING:
            self._fields |= {"severity": "", "score": ""}
        elif place in _FIELDS:
            self._text, self._room = [], _LONGEST

    def end(self, _tag: str) -> None:
        place = "/".join(self._path)
        self._path.pop()
        if self._text is not None:
            self._close_value(_FIELDS[place], "".join(self._text).strip())
            self._text = None
        elif place == _VULNERABILITY:
            self.results.append(self._statements.result(self._fields, self._refs, self._ratings))
        elif place == _RATING:
            self._ratings.append((self._fields["severity"], self._fields["score"]))
        elif place == _SUBJECT:
            self._statements.add_subject(self._fields.get("name", ""), self._fields.get("version", ""))
        elif place in _TOOLS:
            self._statements.add_tool(self._fields.get("name", ""), self._fields.get("version", ""))

    def _close_value(self, field: str, value: str) -> None:
        if field == "ref":
            self._refs.append(value)
        elif field == "timestamp":
            self._statements.add_moment(value)
        else:
            self._fields[field] = value

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._statements.finish()
