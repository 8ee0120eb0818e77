"""What the JSON and the XML of Dependency-Check share: its vulnerabilities, and what shows that it finished."""

from collections.abc import Mapping
from datetime import date, timedelta

from evidence.formats.findings import VULNERABILITY, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.severity_words import UNKNOWN, by_score, by_word
from evidence.formats.values import FAIL, Result, storable
from evidence.formats.vex_statements import components
from locales import Text, plural, text

_CHECKED, _FRESH = "checked", timedelta(days=7)
_ROUNDING = timedelta(days=1)  # of days in several time zones
SCORES = ("cvssV4", "cvssV3", "cvssV2", "cvssScore")  # the first that is there rates what has no severity


class DependencyCheck:
    """A report as it is read. `scan`: the run that is filled."""

    def __init__(self, name: str) -> None:
        self.scan = Scan(name, "dependency-check")
        self._position = self._exceptions = self._sources = 0
        self._has_date = False
        self._checked: list[date] = []  # days on which sources were last checked for newer vulnerabilities

    def add_version(self, version: str) -> None:
        """Add the version of the tool."""
        self.scan.run.tool_version = storable(version, 40)

    def add_date(self, written: str) -> None:
        """Add the moment of the report."""
        self._has_date = bool(written)
        if moment := iso_moment(written):
            self.scan.moments.add(moment)

    def add_source(self, name: str, checked: str) -> None:
        """Count a source of vulnerabilities that was consulted. `checked`: the moment that goes with its name."""
        self._sources += 1
        if _CHECKED in name.lower() and (moment := iso_moment(checked)):
            self._checked.append(moment.date())

    def add_exception(self) -> None:
        """Count an error of the analysis."""
        self._exceptions += 1

    def vulnerability(self, dependency: Mapping[str, str], content: Mapping[str, str]) -> Result:
        """A result. `dependency`: its `file` and `package`; `content`: name, severity, description, and `SCORES`."""
        self._position += 1
        severity = content.get("severity", "")
        score = next((content[name] for name in SCORES if content.get(name)), "")
        rating = by_word(severity)
        parts = (dependency.get("package", ""), f"CVSS {score}" if score else "", content.get("description", ""))
        return self.scan.count(
            finding(
                self._position,
                content.get("name", ""),
                dependency.get("file", ""),
                FAIL,
                severity,
                by_score(score) if rating == UNKNOWN else rating,
                "; ".join(filter(None, (" ".join(part.split()) for part in parts))),
                VULNERABILITY,
                more=components([dependency.get("package", "")]),
            )
        )

    def add_dependency(self, file: str, suppressed: int) -> None:
        """Add a dependency that was looked at. `suppressed`: vulnerabilities of it that were suppressed."""
        self.scan.add_examined([file])
        self.scan.facts.left_out += suppressed

    def finish(self) -> None:
        """Complete the run."""
        self.scan.finish(self._problem())
        ended = self.scan.run.ended_at
        if ended and self._checked and max(self._checked) > ended.date() + _ROUNDING:
            self.scan.doubt(
                text(
                    "The report is of {day}, and says that Dependency-Check looked for newer vulnerabilities after it.",
                    day=ended.date(),
                )
            )
        if not self._checked:
            self.scan.doubt(
                text("The report does not say when Dependency-Check last looked for newer vulnerabilities.")
            )
        if ended and self._checked and min(self._checked) + _FRESH < ended.date():
            self.scan.doubt(
                text(
                    "Dependency-Check last looked for newer vulnerabilities on {day}, so it did not know later ones.",
                    day=min(self._checked),
                )
            )

    def _problem(self) -> Text | None:
        """Why the report does not show a finished scan."""
        if self._exceptions:
            return plural(
                "Dependency-Check met one error, so its analysis is not complete.",
                "Dependency-Check met {n} errors, so its analysis is not complete.",
                self._exceptions,
            )
        if not self._sources or not self._has_date:
            return text(
                "The report of Dependency-Check does not name its sources of vulnerabilities (dataSource) and its "
                "moment (reportDate), so it does not show that anything was compared with them."
            )
        if not self.scan.facts.examined:
            return text("Dependency-Check names no dependency in its report, so nothing was scanned.")
        return None
