"""ZAP's traditional report as JSON, with or without requests and responses. What it shows: see `zap_alerts.py`.

Template: `addOns/reports` of zaproxy/zap-extensions, traditional-json. All values are texts. The names of a site stand
before its alerts, as ZAP writes them, also when the names are sorted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.reading.json_stream import begins, objects, string, values
from evidence.formats.scanners.zap_alerts import ZapScan
from evidence.formats.values import Result, Run, Unreadable
from locales import text

NAME = "zap_json"
TITLE = "ZAP JSON"
ABOUT = text(
    "Each alert of each site is read, with the number of its instances; risk 0 is informational. ZAP reports "
    "no checks that passed, so a site in the report shows that it was visited; without a site nothing was "
    "scanned. Too many failed requests (insights) make the scan incomplete. An alert marked as a false "
    "positive, and a report of several hosts of one domain, which does not say which of them ZAP tested, wait for "
    "someone else's review."
)
RECOGNISED_BY = text("It has the names `@version` and `site` or `@programName`, as ZAP writes them.")
COMMANDS: tuple[str, ...] = ("zap-full-scan.py -t https://portal.example.nl -J scan.json",)

_SITES = frozenset(("site[]", "site"))
_OF_SITES = {f"{site}.{name}": name for site in _SITES for name in ("@name", "@host", "@port")}
_ALERTS = frozenset(f"{site}.alerts[]" for site in _SITES)
_INSIGHT = "insights[]"
_HEAD = ("@version", "created", "@generated")
_WANTED = frozenset((*_OF_SITES, *_ALERTS, *_HEAD, _INSIGHT))
_LEFT_OUT = frozenset(
    ("request-header", "request-body", "response-header", "response-body", "desc", "solution", "otherinfo", "reference")
)


def recognises(head: bytes) -> bool:
    """Whether it is an object with the version of ZAP and its sites."""
    content = begins(head)
    return (
        content.startswith("{")
        and '"@version"' in content
        and ('"site"' in content or '"@programName"' in content)
        and ('"@generated"' in content or '"alerts"' in content or '"@programName"' in content)
    )


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = ZapScan(NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: ZapScan) -> Iterator[Result]:
    head: dict[str, str] = {}
    site: dict[str, str] = {}
    number = 0
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT, starts=_SITES):
        if place in _SITES:
            _add_site(scan, site)
            site = {}
        elif place in _OF_SITES:
            site[_OF_SITES[place]] = string(content)
        elif place in _ALERTS:
            number += 1
            yield _alert(scan, site, content, number)
        elif place == _INSIGHT:
            scan.add_insight(
                string(content, "key"),
                string(content, "level"),
                string(content, "reason"),
                string(content, "statistic"),
                string(content, "site"),
            )
        else:
            head[place] = string(content)
    _add_site(scan, site)
    scan.add_head(*(head.get(name, "") for name in _HEAD))
    scan.finish_scan()


def _alert(scan: ZapScan, site: Mapping[str, str], content: Any, number: int) -> Result:
    if not isinstance(content, dict) or not site:
        raise Unreadable(
            text("{format}, record {n}: expected an alert, after the name of its site.", format=TITLE, n=number)
        )
    instances = objects(content, "instances")
    alert = {name: string(value) for name, value in content.items()}
    counted = int(alert["count"]) if alert.get("count", "").isdecimal() and len(alert["count"]) < 10 else len(instances)  # noqa: PLR2004
    return scan.alert(_add_site(scan, site), alert, counted, string(instances[0], "uri") if instances else "")


def _add_site(scan: ZapScan, site: Mapping[str, str]) -> str:
    return scan.add_site(*(site.get(name, "") for name in ("@name", "@host", "@port"))) if site else ""
