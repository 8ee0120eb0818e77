"""Every format that is read: a file of 20 MB, read, judged and stored, beside the same bytes merely parsed.

`SIZE=5 python -m bench formats` takes files of 5 MB; `ONLY=sarif,trivy` some of the formats. Processor time counts.
"""

import csv
import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import ijson
from lxml import etree
from sqlalchemy import Engine, create_engine, insert
from sqlmodel import Session, SQLModel

from bench.report import Report
from bench.sample_growth import Sample, write
from evidence.formats import formats
from evidence.formats.values import Result, Run
from evidence.intake.reading.spool import Spool, pack
from evidence.intake.records.judgement_rows import add_results
from evidence.intake.verdicts.delivery_judgement import Judged
from evidence.judging.levels import is_open
from evidence.judging.policies import policies
from evidence.judging.values import JudgeContext
from models.bulk_changes import table
from models.transaction import make_engine
from tests.days import CALENDAR

_SIZE = int(os.environ.get("SIZE", "20")) * 1_000_000
_MOST_TIMES, _MOST_MB = 4, 100
_ATTEMPTS = 2

Store = Callable[[Iterable[list[Judged]]], None]


#: by format; those that hold a server or a few, not thousands of results, are not grown
SAMPLES = {
    "sarif": Sample("sarif/every-kind.sarif", "runs/0/results", "src/"),
    "trivy": Sample("trivy/image.json", "Results/0/Vulnerabilities", "CVE-2026-"),
    "zap_json": Sample("zap_json/report.json", "site/0/alerts", "/zoek"),
    "zap_xml": Sample("zap_xml/report.xml", "alertitem", "1001"),
    "nessus": Sample("nessus/scan.nessus", "ReportItem", 'pluginName="'),
    "openvas": Sample("openvas/done.xml", "result", "25623.1.0."),
    "nuclei": Sample("nuclei/lines.jsonl", "", "CVE-2026-"),
    "dependency_check": Sample("dependency_check/scan.json", "dependencies/0/vulnerabilities", "CVE-2026-"),
    "semgrep": Sample("semgrep/scan.json", "results", "src/"),
    "bandit": Sample("bandit/scan.json", "results", "src/"),
    "checkov": Sample("checkov/scan.json", "results/failed_checks", "x_bucket."),
    "gitleaks": Sample("gitleaks/version-8.json", "", "conf/"),
    "kubebench": Sample("kubebench/scan.json", "Controls/0/tests/0/results", "4.1."),
    "inspec_hdf": Sample("inspec_hdf/overlay.json", "profiles/1/controls", "ssh-"),
    "xccdf": Sample("xccdf/in-benchmark.xml", "cdf:rule-result", "_rule_"),
    "prowler": Sample("prowler/scan.ocsf.json", "", "arn:x:"),
    "cyclonedx": Sample("cyclonedx/vex.json", "vulnerabilities", "CVE-2026-"),
    "csaf": Sample("csaf/advisory.json", "vulnerabilities", "CVE-2026-"),
    "openvex": Sample("openvex/portal.json", "statements", "CVE-2026-"),
    "oscal": Sample("oscal/assessment.json", "assessment-results/results/0/findings", "title"),
    "nmap": Sample("nmap/ports.xml", "host", "ortal.example"),
    "trx": Sample("trx/every-outcome.trx", "UnitTestResult", 'testId="t'),
    "nunit": Sample("nunit/every-outcome.xml", "test-case", "Example.Access."),
    "xunit": Sample("xunit/every-outcome.xml", "test", "Example.Access."),
    "junit": Sample("junit/every-outcome.xml", "testcase", ' name="'),
    "tap": Sample("tap/subtests.tap", "", "allows"),
    "csv": Sample("prowler/prowler2.csv", "", "arn:"),
    "json": Sample("json/checks.json", "results", "attempts"),
}


def run(folder: Path, report: Report) -> None:
    report.title("Reading, judging and storing by format")
    wanted = os.environ.get("ONLY", ",".join(SAMPLES)).split(",")
    formats(), policies()
    gc.collect()
    gc.freeze()  # as the server and the process that reads files do
    runs = range(1, 1 + _ATTEMPTS * len(wanted))
    engine = _database(f"sqlite:///{folder / 'stored.db'}", runs)
    store = partial(_store, engine, iter(runs))
    for name in wanted:
        path = folder / name
        write(SAMPLES[name], path, _SIZE)
        _measure(name, path, store, report)
        path.unlink()
    engine.dispose()


def _database(address: str, runs: Iterable[int]) -> Engine:
    """A database with runs that belong to no evidence, as foreign keys are checked only later."""
    made = create_engine(address)
    SQLModel.metadata.create_all(made)
    columns = {"evidence": "-", "file": 0, "format": "-", "tool": "-", "complete": True}
    with made.begin() as connection:
        connection.execute(insert(table("test_run")), [{"id": number, **columns} for number in runs])
    made.dispose()
    return make_engine(address, CALENDAR)


def _store(engine: Engine, runs: Iterator[int], judged: Iterable[list[Judged]]) -> None:
    """Insert results as those of the next run."""
    run = next(runs)
    with Session(engine) as session:
        for batch in judged:
            add_results(session, run, batch)
        session.commit()


def _measure(name: str, path: Path, store: Store, report: Report) -> None:
    size = path.stat().st_size / 1e6
    least = min(_took(_parse, path)[0] for _ in range(_ATTEMPTS))
    before = _memory("VmRSS")
    _forget_highest()
    took, number = min(_took(lambda file: read_judge_and_store(name, file, store), path) for _ in range(_ATTEMPTS))
    grown = max(0.0, _memory("VmHWM") - before)
    report.line(f"{name}, {number:,} results", size / took, "MB/s", peer=("merely parsed", size / least))
    report.line(f"{name}, each second", number / took, "results")
    report.ratio(f"{name}, to merely parsing", took / least, limit=_MOST_TIMES)
    report.line(f"{name}, memory at its highest", grown, "MB", limit=_MOST_MB)


def _took(do: Callable[[Path], int], path: Path) -> tuple[float, int]:
    began = time.process_time()
    number = do(path)
    return time.process_time() - began, number


def read_judge_and_store(name: str, path: Path, store: Store) -> int:
    """Read a file as a format, pack its results, judge them by a policy that takes the format, and store them."""
    with path.open("rb") as file, TemporaryFile() as lines:
        read_run, results = formats()[name].read(file)
        counts, _ = pack(results, lines)
        store(_judged(name, read_run, Spool(lines, counts)))
    return counts.total()


def _judged(name: str, read_run: Run, spool: Spool) -> Iterator[list[Judged]]:
    """Batches of results, as `DeliveryJudgement` gives them; without levels if no policy takes the format."""
    takes = (policy for policy in policies().values() if name in policy.formats and policy.table is None)
    if (policy := next(takes, None)) is None:
        yield from ([(result, "", None) for result in batch] for batch in spool.batches())
        return
    judging, context = policy.judging(name), JudgeContext(date(2026, 11, 30), CALENDAR)
    judge, returning = judging.judge(read_run, context), judging.returning

    def first_day(result: Result, level: str) -> date | None:
        return context.first_day_of(result, returning) if is_open(result.outcome, level) else None

    for batch in spool.batches():
        yield [(result, level := judge.add_result(result), first_day(result, level)) for result in batch]
    judge.verdicts()


def _parse(path: Path) -> int:
    """What any reader has to do: take all events of the fitting parser."""
    with path.open("rb") as file:
        first = file.read(1)
        file.seek(0)
        if first == b"<":
            return _parse_xml(path)
        if first in (b"{", b"["):
            return sum(1 for _ in ijson.basic_parse(file, multiple_values=True, use_float=True))
    with path.open(encoding="utf-8", newline="") as text:
        return sum(1 for _ in csv.reader(text))


def _parse_xml(path: Path) -> int:
    number = 0
    for _, element in etree.iterparse(str(path), events=("end",)):
        number += 1
        element.clear()
        while (parent := element.getparent()) is not None and element.getprevious() is not None:
            del parent[0]
    return number


def _memory(what: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1000


def _forget_highest() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")
