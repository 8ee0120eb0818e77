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
_REFERENCE = f"{_VULNERABILITY}/references/reference/id"
_SUBJECT = "bom/metadata/component"
_COMPONENT = "component"
_IDENTIFIERS = ("purl", "cpe")
_TOOLS = frozenset(("bom/metadata/tools/tool", "bom/metadata/tools/components/component"))
_BEGINS = frozenset((_VULNERABILITY, _SUBJECT, *_TOOLS))
_AUTHORS = ("supplier/name", "manufacturer/name", "manufacture/name", "authors/author/name")
_FIELDS = {
    f"{_VULNERABILITY}/id": "id",
    f"{_VULNERABILITY}/description": "description",
    f"{_VULNERABILITY}/analysis/state": "state",
    f"{_VULNERABILITY}/analysis/justification": "justification",
    f"{_VULNERABILITY}/analysis/detail": "detail",
    f"{_VULNERABILITY}/analysis/firstIssued": "firstIssued",
    f"{_VULNERABILITY}/analysis/lastUpdated": "lastUpdated",
    f"{_VULNERABILITY}/updated": "updated",
    f"{_VULNERABILITY}/affects/target/ref": "ref",
    _REFERENCE: "reference",
    f"{_RATING}/severity": "severity",
    f"{_RATING}/score": "score",
    "bom/metadata/timestamp": "timestamp",
    **{f"bom/metadata/{name}": "author" for name in _AUTHORS},
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
        self._references: list[str] = []
        self._ratings: list[Rating] = []
        self._components: list[dict[str, str]] = []  # that are open, each within the one before
        self._text: list[str] | None = None
        self._room = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._path.append(name)
        place = "/".join(self._path)
        if name == _COMPONENT:
            self._components.append({"ref": attributes.get("bom-ref", "")})
        if place in _BEGINS:
            self._fields, self._refs, self._references, self._ratings = {}, [], [], []
        elif place == _RATING:
            self._fields |= {"severity": "", "score": ""}
        elif place in _FIELDS or self._is_identifier():
            self._text, self._room = [], _LONGEST

    def _is_identifier(self) -> bool:
        """Whether the open element identifies the component around it."""
        return self._path[-1] in _IDENTIFIERS and self._path[-2:-1] == [_COMPONENT]

    def end(self, _tag: str) -> None:
        place = "/".join(self._path)
        is_component = self._path[-1] == _COMPONENT
        if self._text is not None:
            self._close_value(place, "".join(self._text).strip())
            self._text = None
        elif place == _VULNERABILITY:
            self.results.append(
                self._statements.result(self._fields, self._refs, self._ratings, tuple(self._references))
            )
        elif place == _RATING:
            self._ratings.append((self._fields["severity"], self._fields["score"]))
        elif place in _TOOLS:
            self._statements.add_tool(self._fields.get("name", ""), self._fields.get("version", ""))
        if is_component:
            self._close_component(self._components.pop(), is_subject=place == _SUBJECT)
        self._path.pop()

    def _close_component(self, component: dict[str, str], *, is_subject: bool) -> None:
        identifiers = [component.get(name, "") for name in _IDENTIFIERS]
        self._statements.add_component(component["ref"], *identifiers)
        if is_subject:
            self._statements.add_subject(self._fields.get("name", ""), self._fields.get("version", ""), *identifiers)

    def _close_value(self, place: str, value: str) -> None:
        field = _FIELDS.get(place, "")
        if self._is_identifier():
            self._components[-1][self._path[-1]] = value
        elif not field:
            return  # of an element within a value
        elif field == "ref":
            self._refs.append(value)
        elif field == "reference":
            self._references.append(value)
        elif field == "timestamp":
            self._statements.add_moment(value)
        elif field == "author":
            self._statements.add_author(value)
        else:
            self._fields[field] = value

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._statements.finish()
