"""What CycloneDX's JSON and XML share: vulnerabilities with the analysis of each, as results."""

from collections import Counter
from collections.abc import Iterable, Mapping

from evidence.formats.findings import VULNERABILITY, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.severities import RATINGS, UNKNOWN, by_score, by_word
from evidence.formats.values import FAIL, INFORMATIONAL, NOT_EVALUATED, PASS, Result, storable
from locales import Text, plural, text

_NOT_AFFECTED = "not_affected"
_OUTCOMES = {
    "exploitable": FAIL,
    "in_triage": INFORMATIONAL,
    **dict.fromkeys(("resolved", "resolved_with_pedigree", "false_positive", _NOT_AFFECTED), PASS),
}

Rating = tuple[str, str]  # severity and score, as written


class Statements:
    """Vulnerabilities as they are read. `scan`: the run that is filled."""

    def __init__(self, name: str) -> None:
        self.scan = Scan(name, name)
        self._numbers: Counter[str] = Counter()

    def add_tool(self, name: str, version: str) -> None:
        """Add a tool that made the file; the first counts."""
        if name and not self._numbers["tools"]:
            self.scan.run.tool, self.scan.run.tool_version = storable(name, 40), storable(version, 40)
            self._numbers["tools"] += 1

    def add_moment(self, written: str) -> None:
        """Add the moment of the file."""
        if moment := iso_moment(written):
            self.scan.moments.add(moment)

    def add_subject(self, name: str, version: str) -> None:
        """Add what the file describes."""
        self.scan.add_examined([f"{name} {version}"])

    def result(self, content: Mapping[str, str], refs: list[str], ratings: Iterable[Rating]) -> Result:
        """A result. `content`: id, description, state, justification and detail; `refs`: what it affects."""
        self._numbers["results"] += 1
        state = content.get("state", "")
        reason = content.get("justification", "") or content.get("detail", "")
        outcome = _OUTCOMES.get(state, NOT_EVALUATED)
        self._numbers[outcome] += 1
        self._numbers["without reason"] += state == _NOT_AFFECTED and not reason
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
            )
        )

    def finish(self) -> None:
        """Complete the run."""
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
