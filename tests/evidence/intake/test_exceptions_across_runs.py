"""Exceptions for findings hold in later runs, with other versions and in another order; when they end, it fails again."""

import io
import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from access.permissions import BUILT_IN
from evidence.decisions.exceptions import exceptions, grant_exception
from evidence.decisions.failing_checks import open_failures
from evidence.formats import formats
from evidence.formats.facts import Findings
from evidence.judging.policies import policies
from evidence.judging.values import JudgeContext
from models.transaction import reading, writing
from models.vocabulary import ExceptionKind
from readiness.explanations.explain_cell import explain_cell
from tests.days import CALENDAR
from tests.evidence.intake.test_terms import CELL, day, moment, scan, statuses
from tests.evidence.intake.test_terms import deliver as deliver_scan
from tests.evidence.office import COLLEAGUE, Office

SAMPLES = Path(__file__).parents[1] / "formats" / "samples"
POLICIES = [policy for policy in policies().values() if policy.judges == "findings"]


def trivy(on: int, *findings: str) -> bytes:
    """A scan of the image of that day."""
    vulnerabilities = [{"VulnerabilityID": name, "PkgName": "zlib1g", "Severity": "HIGH"} for name in findings]
    image = f"registry.example.nl/portal:2027.{on}"
    result = {"Target": f"{image} (debian 13.{on})", "Class": "os-pkgs", "Vulnerabilities": vulnerabilities}
    report = {"SchemaVersion": 2, "CreatedAt": f"{day(on)}T04:00:00Z", "ArtifactName": image, "Results": [result]}
    return json.dumps(report).encode()


FILES: dict[str, tuple[Any, tuple[str, str], str]] = {
    "sarif": (scan, ("Z1", "Z2"), "Ziener"),
    "trivy": (trivy, ("CVE-2027-1", "CVE-2027-2"), "trivy"),
}


def deliver(office: Office, content: bytes, at: int) -> str:
    """Upload a scan of a day on that day, and have it accepted if it needs to be."""
    return deliver_scan(office, content, at).evidence


@pytest.mark.parametrize("kind", list(ExceptionKind))
@pytest.mark.parametrize("name", FILES)
def test_exception_holds_in_later_runs_until_it_ends(office: Office, name: str, kind: str) -> None:
    make, (accepted, other), tool = FILES[name]
    deliver(office, make(1, accepted), 1)
    failed = deliver(office, make(16, accepted), 16)
    with writing(office.engine, moment(16, 1)) as (session, now):
        (failure,) = open_failures(session, COLLEAGUE, failed, now)
        (check,) = failure.checks
        grant_exception(session, COLLEAGUE, *CELL, tool, check, "r", day(16), day(40), now, kind)
    later = deliver(office, make(20, other, accepted), 20)
    assert statuses(office, 20, 34, 35) == ["demonstrated", "demonstrated", "lapsed"], "the other one is in its term"
    deliver(office, make(30, accepted), 30)
    assert statuses(office, 30, 40, 41) == ["demonstrated", "demonstrated", "failing"]
    with reading(office.engine) as session:
        assert [row.check for row in exceptions(session, COLLEAGUE, evidence=later)] == [check]
        explained = explain_cell(session, BUILT_IN, CELL, day(40), moment(400))
    assert explained.with_exception
    assert [row.check for row in explained.facts[0].exceptions] == [check]


def samples_of_findings() -> list[tuple[str, str]]:
    """Format and name of the samples that policies for findings judge."""
    judged = {name for policy in POLICIES for name in policy.formats}
    expectations = {path: json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*/*.expected.json"))}
    read = [path for path, expected in expectations.items() if "refused" not in expected and path.parent.name in judged]
    return [(path.parent.name, path.name.removesuffix(".expected.json")) for path in read]


@pytest.mark.parametrize(("name", "sample"), samples_of_findings())
def test_failing_checks_have_the_same_names_in_any_order(name: str, sample: str) -> None:
    policy = next(policy for policy in POLICIES if name in policy.formats)
    path = SAMPLES / name / sample
    with path.open("rb") as stream:
        run, read = formats()[name].read(stream)
        results = list(read)
    assert isinstance(run.facts, Findings)
    context = JudgeContext(day(1) + timedelta(days=2_000), CALENDAR, first_day=day(1))
    named = []
    for order in (results, results[::-1]):
        judge = policy.judge(run, context)
        for result in order:
            judge.add_result(result)
        named.append({key: sorted(check for check, _ in v.failing) for key, v in judge.verdicts().items()})
    assert named[0] == named[1]


def test_orders_of_the_same_finding_in_several_places_keep_their_names() -> None:
    """Two findings of one rule in one file are told apart by a number; which is which does not matter to the names."""
    policy, context = policies()["vulnerability-scan"], JudgeContext(day(100), CALENDAR, first_day=day(1))
    run, read = formats()["sarif"].read(io.BytesIO(scan(1, "Z1", "Z1", "Z2")))
    results, named = list(read), set()
    for order in permutations(results):
        judge = policy.judge(run, context)
        for result in order:
            judge.add_result(result)
        named.add(tuple(sorted(check for check, _ in judge.verdicts()[""].failing)))
    assert named == {("Z1 src/a.py", "Z1 src/a.py #2", "Z2 src/a.py")}
