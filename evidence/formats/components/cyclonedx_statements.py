"""What CycloneDX's JSON and XML share: vulnerabilities with the analysis of each, as results."""

from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from evidence.formats.findings import VULNERABILITY, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.package_names import component_of
from evidence.formats.severity_words import RATINGS, UNKNOWN, by_score, by_word
from evidence.formats.values import INFORMATIONAL, NOT_EVALUATED, PASS, Result, storable
from evidence.formats.vex_statements import (
    AFFECTED,
    FIXED,
    NOT_AFFECTED,
    OUTCOMES,
    UNDER_INVESTIGATION,
    Statement,
    aliases,
    as_properties,
    components,
    sentence,
)
from locales import Text, plural, text

_STATES = {
    "exploitable": AFFECTED,
    "in_triage": UNDER_INVESTIGATION,
    "resolved": FIXED,
    "resolved_with_pedigree": FIXED,
    "false_positive": NOT_AFFECTED,
    "not_affected": NOT_AFFECTED,
}
_BOM_LINK = "urn:cdx:"
_MOST_COMPONENTS = 100_000

Rating = tuple[str, str]  # severity and score, as written


class Statements:
    """Vulnerabilities as they are read. `scan`: the run that is filled."""

    def __init__(self, name: str) -> None:
        self.scan = Scan(name, name)
        self._numbers: Counter[str] = Counter()
        self._components: dict[str, tuple[str, ...]] = {}  # package URL and CPE name, by reference
        self._author = self._made_at = ""

    def add_author(self, name: str) -> None:
        """Add who made the file; the first counts."""
        self._author = self._author or name

    def add_component(self, ref: str, *names: str) -> None:
        """Add the package URL and CPE name of a component, by which statements are compared with findings."""
        if any(names) and len(self._components) < _MOST_COMPONENTS:
            self._components[ref] = tuple(filter(None, names))

    def add_tool(self, name: str, version: str) -> None:
        """Add a tool that made the file; the first counts."""
        if name and not self._numbers["tools"]:
            self.scan.run.tool, self.scan.run.tool_version = storable(name, 40), storable(version, 40)
            self._numbers["tools"] += 1

    def add_moment(self, written: str) -> None:
        """Add the moment of the file."""
        self._made_at = written
        if moment := iso_moment(written):
            self.scan.moments.add(moment)

    def add_subject(self, name: str, version: str, *identifiers: str) -> None:
        """Add what the file describes, with its package URL and CPE name."""
        self.scan.add_examined([f"{name} {version}"])
        self.scan.facts.products += filter(None, identifiers)

    def result(
        self, content: Mapping[str, str], refs: list[str], ratings: Iterable[Rating], others: Iterable[str] = ()
    ) -> Result:
        """A result. `content`: id, description and the fields of its analysis.

        `refs`: what it affects; `others`: other names of the vulnerability.
        """
        self._numbers["results"] += 1
        state = content.get("state", "")
        statement = self._statement(content, refs, others)
        outcome = OUTCOMES.get(statement.status, NOT_EVALUATED)
        self._numbers[outcome] += 1
        self._numbers["without reason"] += state == NOT_AFFECTED and not statement.justification
        self.scan.facts.statements += outcome != NOT_EVALUATED
        severity, rating = _worst(ratings)
        parts = (state, content.get("justification", ""), content.get("detail", ""), content.get("description", ""))
        more = f" (and {len(refs) - 1} more)" if len(refs) > 1 else ""
        return self.scan.count(
            finding(
                self._numbers["results"],
                content.get("id", ""),
                refs[0] + more if refs else "",
                outcome,
                severity,
                rating if outcome != PASS else "",
                "; ".join(filter(None, (" ".join(part.split()) for part in parts))),
                VULNERABILITY,
                more=as_properties(statement) if statement.status else self._as_found(refs, others),
            )
        )

    def _statement(self, content: Mapping[str, str], refs: list[str], others: Iterable[str]) -> Statement:
        """What the analysis states; without a known state, of no status."""
        since = content.get("firstIssued", "") or content.get("updated", "") or self._made_at
        reasons = (content.get("justification", ""), content.get("detail", ""))
        return Statement(
            _STATES.get(content.get("state", ""), ""),
            (content.get("id", ""), *others),
            tuple((name, "") for ref in refs for name in self._identifiers(ref)),
            ": ".join(filter(None, map(sentence, reasons))),
            self._author,
            content.get("lastUpdated", "") or since,
            since,
        )

    def _as_found(self, refs: list[str], others: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Properties of a vulnerability without an analysis, by which statements find it."""
        return (*aliases(others), *components(*map(self._identifiers, refs)))

    def _identifiers(self, ref: str) -> tuple[str, ...]:
        """The package URL and CPE name of a component; a reference to another file may be one itself."""
        plain = unquote(ref.partition("#")[2]) if ref.startswith(_BOM_LINK) else ref
        return self._components.get(plain) or ((plain,) if component_of(plain) else ())

    def finish(self) -> None:
        """Complete the run."""
        self.scan.facts.only_statements = 0 < self.scan.facts.statements == self._numbers["results"]
        self.scan.finish(self._problem())

    def _problem(self) -> Text:
        """Why the file does not show a finished scan, which none does."""
        if number := self._numbers[INFORMATIONAL]:
            return plural(
                "One vulnerability is still being examined (in_triage).",
                "{n} vulnerabilities are still being examined (in_triage).",
                number,
            )
        if number := self._numbers[NOT_EVALUATED]:
            return plural(
                "One vulnerability has no analysis, so the file does not say whether it matters here.",
                "{n} vulnerabilities have no analysis, so the file does not say whether they matter here.",
                number,
            )
        if number := self._numbers["without reason"]:
            return plural(
                "One vulnerability is said not to affect anything, without a justification.",
                "{n} vulnerabilities are said not to affect anything, without a justification.",
                number,
            )
        return text(
            "A CycloneDX file tells what is known of vulnerabilities, but not that a scan looked for all of them; "
            "upload the file of the scan itself too."
        )


def _worst(ratings: Iterable[Rating]) -> Rating:
    """The worst rating: its severity as written, and on the common scale."""
    rated = [(severity or score, _rated(severity, score)) for severity, score in ratings]
    return min(rated, key=lambda each: RATINGS.index(each[1]), default=("", UNKNOWN))


def _rated(severity: str, score: str) -> str:
    rating = by_word(severity)
    return by_score(score) if rating == UNKNOWN else rating
