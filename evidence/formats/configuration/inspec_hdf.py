"""InSpec's JSON and Heimdall's data format (HDF), which has the same layout, and InSpec's short form (json-min).

Layouts: `libs/inspecjs/schemas/exec-json.json` and `exec-jsonmin.json` of Heimdall (OASIS OHDF), and InSpec's reporters
`json` and `json-min`; InSpec 1 writes both into one file. A result per result of a control. The rating is that of the
control's impact (0 to 1, in InSpec's bands, those of CVSS); of an overlay and its base, which repeat controls, the
results stand in one and the higher impact applies. What is skipped in a control without impact is not applicable.

Results of a control under a waiver in force, results that someone overrode, and passes that someone attested are set
aside. What is skipped, and a control without any result, is left to a person.

InSpec writes `statistics.duration` when all controls were carried out: the run finished if it is there, and no profile
failed to load. Converted reports lack it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.configuration.inspec_results import (
    Control,
    is_set_aside,
    message_of,
    moment_of,
    outcome_of,
    rating_of,
)
from evidence.formats.findings import MISCONFIGURATION, SUPPRESSED, Scan, finding
from evidence.formats.reading.json_stream import begins, inner, objects, string, values
from evidence.formats.severity_words import INFO, RATINGS, UNKNOWN
from evidence.formats.values import PASS, SKIPPED, Result, Run, Unreadable, storable
from locales import Text, text

NAME = "inspec_hdf"
TITLE = "InSpec and HDF"
HOLDS_OTHERS = True  # a converted report may hold the file that it was made of
ABOUT = text(
    "Each result of each control is read; the rating is that of the control's impact. The run finished if the file has "
    "its duration and no profile failed to load. What is skipped, waived, overridden or attested by someone waits for "
    "someone else's review. Reports that were converted to HDF do not say whether the scan finished, and the short "
    "form (json-min) names no platform: both are read, and show no finished run."
)
RECOGNISED_BY = text("It has the names `platform` and `profiles` of InSpec, or `controls` with `code_desc`.")
#: not tried here: InSpec needs a licence of its supplier
COMMANDS: tuple[str, ...] = ("inspec exec PROFILE --target ssh://HOST --reporter json:scan.json",)

_PROFILES, _CONTROLS, _SHORT = "profiles[]", "profiles[].controls[]", "controls[]"
_OF_PROFILES = {f"{_PROFILES}.{name}": name for name in ("name", "version", "parent_profile", "status", "depends")}
_OF_RUNS = frozenset(("platform", "statistics", "version"))
_LEFT_OUT = frozenset(("code", "desc", "descriptions", "refs", "source_location", "tags", "title"))
_BEGIN = re.compile(r'\{\s*"(platform|profiles|statistics|version|controls|other_checks|passthrough)"')
_OF_PROFILE = ('"profiles"', '"platform"', '"supports"', '"attributes"')
_MARKS = ('"controls"', '"sha256"', '"statistics"')
_FAILED, _SKIPPED = "failed", "skipped"  # status of a profile
_CONVERTER = "Heimdall"
_MOST_CONTROLS, _MOST_ROOTS, _MOST_NAMED = 50_000, 50, 5


def recognises(head: bytes) -> bool:
    """Whether it has the platform and profiles of InSpec, or results of its controls."""
    content = begins(head)
    if not (_BEGIN.match(content) or all(mark in content for mark in _OF_PROFILE)):
        return False
    if '"platform"' in content and '"profiles"' in content:
        return any(mark in content for mark in _MARKS)
    return '"code_desc"' in content and '"controls"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    report = _Report(Scan(NAME, "InSpec"))
    return report.scan.run, report.read(stream)


class _Report:
    """A report as it is read."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self._position = 0
        self._profile: dict[str, Any] = {}
        self._controls_of_profile = 0
        self._roots: list[str] = []  # profiles that are no dependency of another
        self._failed: list[str] = []  # profiles that could not be loaded
        self._ratings: dict[str, str] = {}  # by control
        self._without_results: dict[str, bool] = {}  # by control
        self._about_run: dict[str, Any] = {}  # platform, statistics and version
        self._is_short = False

    def read(self, stream: BinaryIO) -> Iterator[Result]:
        self._is_short = not _has_profiles(stream)
        wanted = {*_OF_RUNS, *([_SHORT] if self._is_short else [_CONTROLS, *_OF_PROFILES])}
        for place, content in values(stream, TITLE, wanted, _LEFT_OUT, starts=frozenset((_PROFILES,))):
            if place in (_CONTROLS, _SHORT):
                yield from self._results(_object(content, self._position))
            elif place == _PROFILES:
                self._close_profile()
            elif place in _OF_PROFILES:
                self._profile[_OF_PROFILES[place]] = content
            else:
                self._about_run[place] = content
        self._close_profile()
        self._finish()

    # controls

    def _results(self, content: Mapping[str, Any]) -> Iterator[Result]:
        check, severity = " ".join(string(content, "id").split()), string(content, "impact")
        if self._is_short:
            self.scan.add_profiles([string(content, "profile_id")])
            yield self._result(Control(check, severity, UNKNOWN), content)
            return
        self._controls_of_profile += 1
        rating = self._highest(check, rating_of(content.get("impact")))
        waiver, attestation = inner(content, "waiver_data"), content.get("attestation_data")
        control = Control(
            check,
            severity,
            rating,
            waiver if isinstance(waiver, dict) else {},
            bool(attestation),
            _status(content),
        )
        results = objects(content, "results")
        self._note(check, has_results=bool(results) or rating == INFO or control.is_skipped_by_waiver)
        for result in results:
            yield self._result(control, result)

    def _highest(self, check: str, rating: str) -> str:
        """The highest rating of a control in the profiles that have it, so far."""
        highest = min(rating, self._ratings.get(check, UNKNOWN), key=RATINGS.index)
        if check in self._ratings or len(self._ratings) < _MOST_CONTROLS:
            self._ratings[check] = highest
        return highest

    def _note(self, check: str, *, has_results: bool) -> None:
        if check in self._without_results or len(self._without_results) < _MOST_CONTROLS:
            self._without_results[check] = self._without_results.get(check, True) and not has_results

    def _result(self, control: Control, content: Mapping[str, Any]) -> Result:
        self._position += 1
        outcome, moment = outcome_of(content, control), moment_of(string(content, "start_time"))
        if moment and not control.attested:
            self.scan.moments.add(moment)
        is_aside = is_set_aside(outcome, content, control, moment)
        self.scan.facts.undecided += outcome == SKIPPED and not is_aside
        return self.scan.count(
            finding(
                self._position,
                control.check,
                string(content, "code_desc").strip().partition("\n")[0],
                outcome,
                control.severity,
                control.rating if outcome != PASS else "",
                message_of(content, control.justification),
                MISCONFIGURATION,
                SUPPRESSED if is_aside else "",
            )
        )

    # profiles

    def _close_profile(self) -> None:
        profile, self._profile = self._profile, {}
        controls, self._controls_of_profile = self._controls_of_profile, 0
        name, version = string(profile, "name"), string(profile, "version")
        statuses = [string(profile, "status"), *(string(each, "status") for each in objects(profile, "depends"))]
        if _FAILED in statuses and len(self._failed) < _MOST_NAMED:
            self._failed.append(storable(name, 80) or "-")
        self.scan.facts.undecided += statuses.count(_SKIPPED)
        if controls:
            self.scan.add_profiles([f"{name}@{version}" if version else name])
            if not string(profile, "parent_profile") and len(self._roots) < _MOST_ROOTS:
                self._roots.append(name)

    # the run

    def _finish(self) -> None:
        run = self.scan.run
        run.tool_version = storable(string(self._about_run, "version"), 40)
        name = string(self._about_run, "platform", "name")
        if name.startswith(_CONVERTER):
            run.tool = storable(name, 80)
        examined = " ".join(filter(None, (name, string(self._about_run, "platform", "target_id"))))
        self.scan.add_examined(f"{examined} ({profile})" for profile in self._roots if examined)
        self.scan.facts.undecided += sum(self._without_results.values())
        self.scan.finish(self._problem())

    def _problem(self) -> Text | None:
        if not self._position:
            return text("No control was carried out: the profiles hold none, or do not suit this platform.")
        if self._is_short:
            return text(
                "The short form (json-min) says neither what was examined nor how much a control matters; let InSpec "
                "write its whole report, with --reporter json."
            )
        if self._failed:
            return text("These profiles could not be loaded: {names}.", names=", ".join(self._failed))
        if not string(self._about_run, "statistics", "duration"):
            return text(
                "The file does not say that the run finished: it has no duration, as InSpec writes. Of a report that "
                "was converted, upload the file of the tool itself."
            )
        return None


def _status(control: Mapping[str, Any]) -> str:
    """The status of a control that its results do not have; empty if one of them has it too."""
    status = string(control, "status")
    return "" if any(string(each, "status") == status for each in objects(control, "results")) else status


def _has_profiles(stream: BinaryIO) -> bool:
    """Whether there are profiles; in InSpec 1 they come after a short form of their results."""
    places = values(stream, TITLE, frozenset((f"{_PROFILES}.name",)), starts=frozenset((_PROFILES,)))
    has_any = next(places, None) is not None
    stream.seek(0)
    return has_any


def _object(content: Any, position: int) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, after result {n}: expected an object.", format=TITLE, n=position))
    return content
