"""OpenVAS and Greenbone: the report as XML, as its page downloads it or as GMP answers (get_reports_response).

A result per `result`; its threat is Greenbone's (Log and Debug are informational), its rating that of the score. What
someone overrode to a lower score, or to a false positive, keeps its first rating and is set aside. Targets are the
hosts of the report. Findings that the report's filter leaves out are counted. The CVE numbers of a result and the
product that was detected (a CPE name) are kept for statements of VEX documents.

A login that failed is told, and so are a filter that leaves out more than is usual, a progress below 100 %, hosts that
the report counts and does not list, and those that it calls dead. A report of differences (delta) shows no whole scan.

The scan finished if scan_run_status is Done, scan_end and the end of every host have a moment, and it lists no error.
Schema: GMP's get_reports, https://docs.greenbone.net/API/GMP/gmp-22.5.html.
"""

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.addresses import normal_address
from evidence.formats.findings import SUPPRESSED, WEAKNESS, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.reading.xml_stream import ElementText, local, prolog, read_head, results
from evidence.formats.scanners.openvas_filter import Keyword, doubt_of, lists_only_hosts_with_results, words
from evidence.formats.severity_words import INFO, UNKNOWN, by_score, by_word
from evidence.formats.values import ERROR, FAIL, INFORMATIONAL, Result, Run, storable
from evidence.formats.vex_statements import EACH, components
from locales import Text, plural, text

NAME = "openvas"
TITLE = "OpenVAS XML"
ABOUT = text(
    "Each result of a report of OpenVAS or Greenbone is read; Log and Debug are informational, and what someone "
    "overrode is set aside. The scan finished if its status is Done, it and every host have an end, and it lists no "
    "error. A filter that leaves findings out waits for someone else's review, so download the report without one; so "
    "do a login that failed, and hosts that were dead or that the report counts and does not list."
)
RECOGNISED_BY = text("Its root element is `report` or `get_reports_response`, with names that only Greenbone writes.")
COMMANDS: tuple[str, ...] = ()

_ROOTS = frozenset(("report", "get_reports_response"))
_NAMES = (b"format_id", b"<gmp>", b"<omp>", b"get_reports_response")
_OF_RESULTS = frozenset(("name", "host", "port", "threat", "severity", "original_severity", "description"))
_NO_LOGIN = "Login Failed For Authenticated Checks"  # end of the names of such results, after the protocol
_OF_REPORTS = frozenset(("scan_run_status", "scan_start", "scan_end"))
_KEYWORD = ("column", "relation", "value")  # elements of a keyword of the filter
_TERM, _PROGRESS, _HOSTS = (
    ("filters", "term"),
    ("task", "progress"),
    ("hosts", "count"),
)  # values, by the element around
_SINGLES = frozenset((_TERM, _PROGRESS, _HOSTS, ("errors", "count")))
_DEAD, _FINISHED = "host dead", 100
_OF_HOSTS = frozenset(("ip", "end"))
_NO_FINDING = frozenset(("Log", "Debug", "None"))
_FALSE_POSITIVE, _ERRORS = "False Positive", "Error"
_CLASSES = {"hole": "high", "warning": "medium", "info": "low"}  # older names
_COUNTED = frozenset(("critical", "high", "medium", "low"))
_ALL = "result_count"  # of results of every class
_OF_DETAILS, _PRODUCT = frozenset(("name", "value")), "product"
_IS_DELTA = text("The report holds the differences between two scans only; download that of the scan itself.")
_LONGEST = 2_000  # characters of a value
_MOST_NUMBERS = 200  # CVE numbers of a result; of one with more, an empty number stands for the others


def recognises(head: bytes) -> bool:
    """Whether the root is that of a report of Greenbone, with names that only these have."""
    beginning = prolog(head)
    if beginning is None or beginning.root not in _ROOTS:
        return False
    return any(name in head.replace(b"\0", b"") for name in _NAMES)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    scan = Scan(NAME, "OpenVAS")
    return scan.run, results(stream, head, _Report(scan), TITLE)


class _Report(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, scan: Scan) -> None:
        self.results: list[Result] = []
        self._scan = scan
        self._path: list[str] = []
        self._position = 0
        self._errors = self._listed_errors = 0
        self._is_delta = False
        self._unfinished: list[str] = []  # hosts
        self._said: dict[str, str] = {}  # what the report says of the scan
        self._values: dict[str, str] = {}  # of the open result or host
        self._numbers: list[str] = []  # CVE numbers of the open result
        self._counts: dict[tuple[str, str], int] = {}  # by class and full or filtered
        self._keywords: list[Keyword] = []  # of the filter
        self._keyword: dict[str, str] = {}  # that is open
        self._singles: dict[tuple[str, str], str] = {}  # by the element around, and its own
        self._hosts = 0
        self._dead: list[str] = []
        self._text: list[str] | None = None
        self._room = 0
        self._depth = 0  # of the element whose text is read

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if (name, around) in (("result", "results"), ("host", "report")):
            self._values, self._numbers = {}, []
        elif name == "keyword":
            self._keyword = {}
        elif name == "ref" and around == "refs" and attributes.get("type") == "cve":
            self._numbers.append(attributes.get("id", "") if len(self._numbers) < _MOST_NUMBERS else "")
            del self._numbers[_MOST_NUMBERS + 1 :]
        elif name == "delta" and around in ("report", "result"):
            self._is_delta = True
        elif name == "nvt" and around == "result":
            self._values["oid"] = attributes.get("oid", "")
        elif self._is_value(name, around):
            self._text, self._room, self._depth = [], _LONGEST, len(self._path)
        elif self._text is not None:  # an element within the text, such as the asset of a host
            self._room = 0

    def _is_value(self, name: str, around: str) -> bool:
        within = self._path[-3] if len(self._path) > 2 else ""  # noqa: PLR2004 - the element around
        return (
            (around == "result" and name in _OF_RESULTS)
            or (around == "report" and name in _OF_REPORTS)
            or (around == "host" and within == "report" and name in _OF_HOSTS)
            or (around == "detail" and name in _OF_DETAILS and "detection" in self._path)
            or (around, name) in _SINGLES
            or (around == "keyword" and name in _KEYWORD)
            or (around == "detail" and within == "host" and name in _OF_DETAILS)
            or ("result_count" in (around, within) and name in ("full", "filtered"))
        )

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        around = self._path[-1] if self._path else ""
        if self._text is not None and len(self._path) < self._depth:
            self._close_value(name, around, "".join(self._text).strip())
            self._text = None
        elif (name, around) == ("result", "results"):
            self.results.append(self._close_result(self._values))
        elif (name, around) == ("host", "report"):
            self._close_host(self._values)
        elif name == "keyword" and len(self._keywords) < _MOST_NUMBERS:
            self._keywords.append(Keyword(*(self._keyword.get(part, "") for part in _KEYWORD)))
        elif (name, around) == ("error", "errors"):
            self._listed_errors += 1
            self._errors = max(self._errors, self._listed_errors)

    def _close_value(self, name: str, around: str, value: str) -> None:
        if around == "report":
            self._said[name] = value
        elif around == "detail":
            self._close_detail(name, value)
        elif around == "keyword":
            self._keyword[name] = value
        elif (around, name) in _SINGLES:
            self._singles.setdefault((around, name), value)
        elif name in ("full", "filtered"):
            self._counts[_CLASSES.get(around, around), name] = _whole(value)
        else:
            self._values[name] = value

    def _close_detail(self, name: str, value: str) -> None:
        """Keep the product that was detected; a detail has its name before its value."""
        if name == "name":
            self._values["detail"] = value
        elif self._values.get("detail") == _PRODUCT:
            self._values[_PRODUCT] = value
        elif self._values.get("detail", "").lower() == _DEAD and value not in ("", "0"):
            self._values[_DEAD] = value

    def _close_result(self, values: dict[str, str]) -> Result:
        self._position += 1
        threat, score = values.get("threat", ""), values.get("severity", "")
        first = values.get("original_severity", "")
        if values.get("name", "").endswith(_NO_LOGIN):
            self._scan.doubt(
                text(
                    "A login of OpenVAS failed on {host}, so it saw this from outside only.",
                    host=values.get("host", ""),
                )
            )
        is_lowered = threat == _FALSE_POSITIVE or _number(first) > _number(score)
        rating = _rating(threat, first if is_lowered else score)
        outcome = INFORMATIONAL if rating == INFO and not is_lowered else FAIL
        outcome = ERROR if threat == _ERRORS else outcome
        target = normal_address(values.get("host", ""))
        if target:
            self._scan.run.targets.add(target)
            self._scan.add_examined([target])
        message = f"{values.get('port', '')}: {values.get('name', '')}; {values.get('description', '')}"
        return self._scan.count(
            finding(
                self._position,
                values.get("oid") or values.get("name", ""),
                target,
                outcome,
                threat or score,
                rating,
                message.strip(":; "),
                WEAKNESS,
                SUPPRESSED if is_lowered else "",
                more=(*((EACH, number) for number in self._numbers), *components([values.get(_PRODUCT, "")])),
            )
        )

    def _close_host(self, values: dict[str, str]) -> None:
        target = normal_address(values.get("ip", ""))
        if not target:
            return
        self._hosts += 1
        if values.get(_DEAD):
            self._dead.append(target)
        self._scan.run.targets.add(target)
        self._scan.add_examined([target])
        if iso_moment(values.get("end", "")) is None:
            self._unfinished.append(target)

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        for name in ("scan_start", "scan_end"):
            if moment := iso_moment(self._said.get(name, "")):
                self._scan.moments.add(moment)
        has_classes = any(name in _COUNTED for name, _ in self._counts)
        self._scan.facts.left_out = sum(self._left_out(name) for name in (_COUNTED if has_classes else (_ALL,)))
        self._errors = max(self._errors, _whole(self._singles.get(("errors", "count"), "")))
        for doubt in self._doubts():
            self._scan.doubt(doubt)
        self._scan.finish(_IS_DELTA if self._is_delta else self._problem())

    def _doubts(self) -> Iterator[Text]:
        """What the report says of itself by which it may have missed something."""
        keywords = self._keywords or list(words(self._singles.get(_TERM, "")))
        if doubt := doubt_of(keywords):
            yield doubt
        progress = self._singles.get(_PROGRESS, "")
        if progress.isdecimal() and _whole(progress) < _FINISHED:
            yield text("The report says that {n} % of the scan was done.", n=_whole(progress))
        counted = _whole(self._singles.get(_HOSTS, ""))
        if counted > self._hosts and not lists_only_hosts_with_results(keywords):
            yield plural(
                "The report counts {n} host, and lists {listed}.",
                "The report counts {n} hosts, and lists {listed}.",
                counted,
                listed=self._hosts,
            )
        if self._dead:
            names = ", ".join(storable(name, 60) for name in self._dead[:5])
            yield text("OpenVAS found these hosts dead, and did not test them: {names}.", names=names)

    def _left_out(self, name: str) -> int:
        return max(0, self._counts.get((name, "full"), 0) - self._counts.get((name, "filtered"), 0))

    def _problem(self) -> Text | None:
        status = self._said.get("scan_run_status", "")
        filtered = self._counts.get((_ALL, "filtered"), 0)
        if status != "Done" or iso_moment(self._said.get("scan_end", "")) is None:
            return text(
                "The report does not say that the scan is done (status {status}); download it when it is.",
                status=storable(status, 40) or "-",
            )
        if not self._scan.run.targets:
            return text("The report names no host: none was reached, or the report was made without details.")
        if self._unfinished:
            names = ", ".join(storable(name, 60) for name in self._unfinished[:5])
            return text("OpenVAS did not scan these hosts to the end: {names}.", names=names)
        if self._errors:
            return plural(
                "The scan lists {n} error: a part of it was not done.",
                "The scan lists {n} errors: parts of it were not done.",
                self._errors,
            )
        if self._position < filtered:
            return plural(
                "The report holds {listed} of {n} result; download it whole (rows=-1).",
                "The report holds {listed} of {n} results; download it whole (rows=-1).",
                filtered,
                listed=self._position,
            )
        return None


def _rating(threat: str, score: str) -> str:
    if threat in _NO_FINDING:
        return INFO if _number(score) <= 0 else by_score(score)
    by_number = by_score(score)
    return by_number if by_number not in (UNKNOWN, INFO) else by_word("high" if threat == "Alarm" else threat)


def _whole(written: str) -> int:
    return int(written[:9]) if written.isascii() and written.isdecimal() else 0


def _number(score: str) -> float:
    try:
        return float(score)
    except ValueError:
        return -1.0
