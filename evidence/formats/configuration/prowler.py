"""Prowler, and findings of compliance in OCSF of other tools: checks of cloud accounts, with those that passed.

Layouts: OCSF (https://schema.ocsf.io, classes Compliance Finding, 2003, and Detection Finding, 2004, as Prowler 3 and
later write it in `prowler/lib/outputs/ocsf`), the native JSON of Prowler 2 and 3, and its CSV (`prowler_table.py`). The
verdict is `compliance.status` or `status_code`; `status` is the life cycle: a muted (suppressed) finding is set aside.
What a person must decide (MANUAL, INFO) is informational; MANUAL waits for a review.

Prowler writes its JSON when all checks were done, and closes the array last: the scan finished if there are results of
Prowler with an account and a moment. JSON lines and OCSF of other tools are events without an end.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

from evidence.formats.configuration import prowler_table
from evidence.formats.configuration.prowler_table import Record, Records
from evidence.formats.reading.json_stream import begins, objects, string, values
from evidence.formats.values import HEAD, Result, Run, Unreadable
from locales import text

NAME = "prowler"
TITLE = "Prowler and OCSF"
ABOUT = text(
    "Each check of each resource is read, also those that passed, from Prowler's OCSF, its older JSON and its CSV, "
    "and findings of compliance in OCSF of other tools. The scan finished if the JSON of Prowler has results with an "
    "account and a moment; its CSV and the OCSF of other tools show no finished scan. Findings that were muted and "
    "checks that are left to a person wait for someone else's review, and so do findings of a single region of AWS, or "
    "of few checks or services. The file does not say which checks were left out with options such as --checks and "
    "--severity."
)
RECOGNISED_BY = text(
    "It has the names `class_uid` and `finding_info` of OCSF, or the names or columns that Prowler writes."
)
COMMANDS: tuple[str, ...] = ("prowler aws --output-formats json-ocsf --output-filename scan",)

_LEFT_OUT = frozenset(("remediation", "risk_details", "data", "labels", "references", "evidences"))
_NATIVE = (('"CheckID"', '"StatusExtended"'), ('"Account Number"', '"Control ID"'))
_STATUS_IDS = {"1": "Pass", "2": "Warning", "3": "Fail"}  # of compliance
_FAILED = frozenset(("fail", "failed"))
_LIFE_CYCLE = {"3": "Suppressed", "4": "Resolved", "5": "Archived", "6": "Deleted"}
_SEVERITY_IDS = {"1": "Informational", "2": "Low", "3": "Medium", "4": "High", "5": "Critical", "6": "Critical"}
_MILLISECONDS = 100_000_000_000  # larger moments are in milliseconds, as OCSF has it; Prowler writes seconds


def recognises(head: bytes) -> bool:
    """Whether it has findings in OCSF, or those of Prowler's own JSON or CSV."""
    content = begins(head)
    if not content:
        return prowler_table.recognises(head)
    is_ocsf = '"class_uid"' in content and '"finding_info"' in content
    return is_ocsf or any(all(name in content for name in names) for names in _NATIVE)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    records = Records(NAME)
    content = begins(stream.read(HEAD))
    stream.seek(0)
    if content:
        return records.scan.run, _results(stream, records, is_array=content.startswith("["))
    return records.scan.run, prowler_table.results(stream, records)


def _results(stream: BinaryIO, records: Records, *, is_array: bool) -> Iterator[Result]:
    place = "[]" if is_array else ""
    for number, (_, content) in enumerate(values(stream, TITLE, frozenset((place,)), _LEFT_OUT, several=not is_array)):
        if not isinstance(content, dict):
            raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number + 1))
        yield records.result(_of_ocsf(content) if "class_uid" in content else _of_native(content))
    records.finish(has_end=is_array)


def _of_native(content: Mapping[str, Any]) -> Record:
    return prowler_table.record({name: "true" if content[name] is True else string(content, name) for name in content})


def _of_ocsf(content: Mapping[str, Any]) -> Record:
    resources = objects(content, "resources")
    resource = resources[0] if resources else {}
    more = f" (and {len(resources) - 1} more)" if len(resources) > 1 else ""
    return {
        "check": _first(
            content,
            ("metadata", "event_code"),
            ("compliance", "control"),
            ("finding_info", "title"),
            ("finding_info", "uid"),
        ),
        "target": _first(resource, ("uid",), ("name",)) + more,
        "status": _verdict(content),
        "life cycle": string(content, "status") or _LIFE_CYCLE.get(string(content, "status_id"), ""),
        "severity": string(content, "severity") or _SEVERITY_IDS.get(string(content, "severity_id"), ""),
        "message": _first(content, ("status_detail",), ("message",), ("finding_info", "title")),
        "moment": _first(content, ("time_dt",), ("finding_info", "created_time_dt"), ("event_time",))
        or _of_epoch(string(content, "time")),
        "account": _first(
            content,
            ("cloud", "account", "uid"),
            ("cloud", "account", "name"),
            ("unmapped", "provider_uid"),
            ("device", "hostname"),
        ),
        "tool": string(content, "metadata", "product", "name") or "-",
        "version": string(content, "metadata", "product", "version"),
        "provider": string(content, "cloud", "provider"),
        "service": string(resource, "group", "name"),
        "region": string(resource, "region") or string(content, "cloud", "region"),
    }


def _verdict(content: Mapping[str, Any]) -> str:
    """The verdict in words: of its compliance, else the status code; one that failed, whatever the others say."""
    words = (
        string(content, "compliance", "status"),
        _STATUS_IDS.get(string(content, "compliance", "status_id"), ""),
        string(content, "status_code"),
    )
    failed = (word for word in words if word.lower() in _FAILED)
    return next(failed, "") or next(filter(None, words), "")


def _first(content: Mapping[str, Any], *places: tuple[str, ...]) -> str:
    return next(filter(None, (string(content, *place) for place in places)), "")


def _of_epoch(written: str) -> str:
    """The moment of a number since 1970, in ISO 8601; empty if there is none."""
    try:
        number = float(written)
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
