"""What VEX documents share: their statements as results, and that they never show a finished scan."""

from collections.abc import Iterable, Sequence

from evidence.formats.findings import VULNERABILITY, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.values import NOT_EVALUATED, PASS, Result, storable
from evidence.formats.vex_statements import OUTCOMES, Statement, as_properties
from locales import Text, text

_MOST_TOLD = 3  # products in a result's target


class Document:
    """A VEX document as it is read. `scan`: the run that is filled; `tool`: the name of the series without another."""

    def __init__(self, name: str, tool: str) -> None:
        self.scan = Scan(name, tool)
        self.scan.facts.only_statements = True
        self._position = 0
        self._dated = ("", "")  # moments of the statement before, as most have the same

    def add_tool(self, name: str, version: str) -> None:
        """Name the tool that wrote the document."""
        if name:
            self.scan.run.tool, self.scan.run.tool_version = storable(name, 40), storable(version, 40)

    def result(
        self,
        statement: Statement,
        products: Sequence[str],
        sentences: Iterable[str],
        severity: str = "",
        rating: str = "",
    ) -> Result:
        """The next result. `products`: names of what it is about; `sentences`: parts of its message, empty ones too."""
        self._position += 1
        self.scan.facts.statements += 1
        if (dated := (statement.moment, statement.since)) != self._dated:
            self._dated = dated
            for moment in filter(None, map(iso_moment, dated)):
                self.scan.moments.add(moment)
        outcome = OUTCOMES.get(statement.status, NOT_EVALUATED)
        parts = (statement.status, statement.justification, *sentences, statement.author, statement.moment[:10])
        return finding(
            self._position,
            next(iter(statement.vulnerabilities), ""),
            _named(products),
            outcome,
            severity,
            rating if outcome != PASS else "",
            "; ".join(dict.fromkeys([" ".join(part.split()) for part in parts if part and not part.isspace()])),
            VULNERABILITY,
            more=as_properties(statement),
        )

    def finish(self, remark: Text | None = None) -> None:
        """Complete the run. `remark`: something else that a reviewer must know."""
        self.scan.finish(
            remark
            or text(
                "A VEX document says what its author knows of vulnerabilities; it does not show that a scan looked for "
                "them. Upload the file of the scan together with it."
            )
        )


def _named(products: Sequence[str]) -> str:
    shown = ", ".join(products[:_MOST_TOLD])
    more = len(products) - _MOST_TOLD
    return f"{shown} (and {more} more)" if more > 0 else shown


def later_version(version: str, latest: tuple[int, int], title: str) -> Text | None:
    """A remark if a document has a later version (`1.2` or `1.2.3`) than is known; else, or without one, None."""
    numbers = version.split(".")[:2]
    if not all(number.isascii() and number.isdecimal() and len(number) < 5 for number in numbers):  # noqa: PLR2004
        return None
    if tuple(map(int, numbers)) <= latest:
        return None
    return text(
        "This is version {version} of {format}, which is later than {known}; it was read as {known}. It shows no scan "
        "either: upload the file of the scan together with it.",
        version=storable(version, 20),
        format=title,
        known=".".join(map(str, latest)),
    )
