"""What the two formats of ZAP's traditional report share: alerts of sites, and whether the scan reached them.

A result per alert of a site (risk 0 is informational); its instances are only counted. An alert that someone marked as
a false positive in ZAP (confidence 0) is set aside. ZAP reports no checks that passed, so a site in its report shows
that it was visited; a report without a site shows nothing, and neither does one in which ZAP says (`insights`, 2.17)
that too many requests or sign-ins failed. Where it says that some did, or that the site answered most requests with an
error, that it met errors itself, or that a site has hardly any address, someone else has to look.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from evidence.formats.addresses import target
from evidence.formats.findings import SUPPRESSED, WEAKNESS, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.severity_words import HIGH, INFO, LOW, MEDIUM, UNKNOWN
from evidence.formats.values import FAIL, INFORMATIONAL, NOT_EVALUATED, Result, storable
from locales import Text, plural, text

TOOL = "zap"
_RATINGS = {"0": INFO, "1": LOW, "2": MEDIUM, "3": HIGH}
_FALSE_POSITIVE = "0"
_UNREACHED = ("insight.network.failure", "insight.auth.failure")
_SERIOUS, _EXCEEDED = frozenset(("medium", "high")), "Exceeded High"
_SPOILED = ("insight.database.full", "insight.diskspace.full")  # ZAP could not keep what it saw
_DISTURBED = ("insight.memory.usage", "insight.log.error")
_ANSWERED_WITH_ERRORS = ("insight.code.4xx", "insight.code.5xx")
_ADDRESSES, _FEWEST = "insight.endpoint.total", 3  # a site with fewer was not crawled
_GENERATED = re.compile(r"(\d{1,2})\.? +(jui[nl]|\w{3})\w*\.? +(\d{4}) +(\d\d):(\d\d):(\d\d)")
#: months as Java abbreviates them in English, Dutch, German and French
_MONTHS = {
    **dict.fromkeys(("jan",), 1),
    **dict.fromkeys(("feb", "fév"), 2),
    **dict.fromkeys(("mar", "mrt", "maa", "mär", "mrz"), 3),
    **dict.fromkeys(("apr", "avr"), 4),
    **dict.fromkeys(("may", "mei", "mai"), 5),
    **dict.fromkeys(("jun", "juin"), 6),
    **dict.fromkeys(("jul", "juil"), 7),
    **dict.fromkeys(("aug", "aoû"), 8),
    **dict.fromkeys(("sep",), 9),
    **dict.fromkeys(("oct", "okt"), 10),
    **dict.fromkeys(("nov",), 11),
    **dict.fromkeys(("dec", "dez", "déc"), 12),
}


class ZapScan(Scan):
    """A report of ZAP as it is read."""

    def __init__(self, name: str) -> None:
        super().__init__(name, TOOL)
        self.run.default_port = 443
        self._position = 0
        self._unreached = self._spoiled = ""

    def add_head(self, version: str, created: str, generated: str) -> None:
        """Add the version of ZAP, and the moment of its report: `created` is ISO 8601, `generated` is written out."""
        self.run.tool_version = storable(version, 40)
        if moment := iso_moment(created) or _moment(generated):
            self.moments.add(moment)

    def add_site(self, name: str, host: str, port: str) -> str:
        """Add a site; return its normal form (see `addresses.py`)."""
        site = target(host or name.partition("//")[2], port)
        if site:
            self.run.targets.add(site)
            self.add_examined([name])
        return site

    def add_insight(self, key: str, level: str, reason: str, statistic: str, site: str) -> None:
        """Add what ZAP says of the scan itself, or of a site."""
        is_warning = key in _UNREACHED and level.lower() == LOW
        if is_warning or (key in _ANSWERED_WITH_ERRORS and reason == _EXCEEDED):
            self.doubt(
                text(
                    "ZAP says that requests failed or were answered with errors ({what}), so it may not have seen the "
                    "whole site.",
                    what=storable(f"{key} {statistic}%", 80),
                )
            )
        if key in _UNREACHED and level.lower() in _SERIOUS:
            self._unreached = self._unreached or storable(f"{key} {statistic}%", 80)
        if key in _SPOILED:
            self._spoiled = self._spoiled or storable(key, 80)
        if key in _DISTURBED and (level.lower() in _SERIOUS or reason == _EXCEEDED):
            self.doubt(
                text(
                    "ZAP met errors or ran short of memory ({what}), so it may have stopped early.",
                    what=storable(key, 80),
                )
            )
        if key == _ADDRESSES and statistic.isdecimal() and int(statistic[:9]) < _FEWEST:
            self.doubt(
                plural(
                    "ZAP saw only one address of {site}; see whether it could get past the first page.",
                    "ZAP saw only {n} addresses of {site}; see whether it could get past the first pages.",
                    int(statistic[:9]),
                    site=storable(site, 80) or "-",
                )
            )

    def alert(self, site: str, alert: Mapping[str, str], instances: int, first: str) -> Result:
        """The result of an alert. `first`: the address of its first instance."""
        self._position += 1
        risk = alert.get("riskcode", "").strip()
        rating = _RATINGS.get(risk, UNKNOWN)
        outcome = INFORMATIONAL if rating == INFO else FAIL if rating != UNKNOWN else NOT_EVALUATED
        name = alert.get("alert") or alert.get("name", "")
        message = f"{name} ({instances}): {first}" if first else name
        return self.count(
            finding(
                self._position,
                alert.get("alertRef") or alert.get("pluginid") or name,
                site,
                outcome,
                alert.get("riskdesc", "").partition(" (")[0] or risk,
                rating,
                message,
                WEAKNESS,
                SUPPRESSED if alert.get("confidence", "").strip() == _FALSE_POSITIVE else "",
            )
        )

    def finish_scan(self) -> None:
        """Complete the run, after everything was read."""
        self.finish(self._problem())

    def _problem(self) -> Text | None:
        if not self.run.targets:
            return text("ZAP names no site in its report: it reached none, so nothing was scanned.")
        if self._unreached:
            return text(
                "ZAP says that too many of its requests failed ({what}), so it did not see the whole site.",
                what=self._unreached,
            )
        if self._spoiled:
            return text("ZAP says that it could not keep what it saw ({what}).", what=self._spoiled)
        return None


def _moment(generated: str) -> datetime | None:
    """The moment that ZAP wrote out in the language of its machine, without a time zone; None if it can't be read."""
    written = _GENERATED.search(generated)
    month = _MONTHS.get(written.group(2).lower()) if written else None
    if written is None or month is None:
        return None
    day, year, hour, minute, second = map(int, written.group(1, 3, 4, 5, 6))
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - as written, without a zone
    except ValueError:
        return None
