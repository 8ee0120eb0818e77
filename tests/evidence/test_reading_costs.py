"""The cost of reading a file is bounded by its size, whatever its content, measured in the reading process."""

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import StoreUnavailable, TooCostly
from evidence.formats.values import Unreadable
from evidence.intake.reading.file import FileContent
from evidence.intake.reading.readers_and_budgets import Budget, Readers, budget_of
from tests.evidence.hostile import HOSTILE, wide_rows, workbook

_TICK = os.sysconf("SC_CLK_TCK")
_CODE = 16 << 20  # bytes of libraries that are touched for the first time
JUNIT = b'<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'


class Measured:
    """A reading process, and the cost of each file."""

    def __init__(self) -> None:
        self.readers = Readers(1)

    def process(self):
        with self.readers._borrow_reader() as reader:
            return reader._process

    def read(self, content):
        """The outcome, processor seconds and bytes of memory; the last two if the process is still alive."""
        process = self.process()
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")
        seconds, memory = _seconds(process.pid), _memory(process.pid, "VmRSS")
        try:
            reading = self.readers.read(io.BytesIO(content), len(content))
            reading[1].close()
            outcome = reading[0]
        except (Unreadable, TooCostly, StoreUnavailable) as refusal:
            outcome = refusal
        if self.process() is not process:
            return outcome, None, None
        return outcome, _seconds(process.pid) - seconds, _memory(process.pid, "VmHWM") - memory


def _seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _memory(pid, what):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(what + ":"))


@pytest.fixture(scope="module")
def measured():
    measurement = Measured()
    yield measurement
    measurement.readers.close()


def assert_within(measured, content):
    """Check that a file was read or refused within its budget, or ended the process and was refused as costly."""
    outcome, seconds, memory = measured.read(content)
    budget = budget_of(len(content))
    assert isinstance(outcome, FileContent | Unreadable | TooCostly)
    if seconds is None:
        assert "failed unexpectedly" not in str(outcome)
    else:
        assert seconds <= budget.seconds + 0.1
        assert memory <= budget.memory + _CODE
    return outcome


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_costs_no_more_than_its_size_allows(measured, kind):
    content = HOSTILE[kind]()
    assert len(content) < 12_000_000
    outcome = assert_within(measured, content)
    if not isinstance(outcome, FileContent):
        assert str(outcome)[0].islower() or str(outcome)[-1] == "."


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    begin=st.sampled_from(
        [
            b"<testsuite>",
            b"<nmaprun>",
            b'[{"id":"a","severity":"OK",',
            b"a,b\n",
            b'{"a":"b"}\n{"a":"c"}\n',
            b"%PDF-1.7\n",
            b"# a\n",
        ]
    ),
    piece=st.one_of(
        st.binary(min_size=1, max_size=40),
        st.sampled_from(
            [
                b"<testcase>",
                b'<testcase name="a"/>',
                b'<port portid="1">',
                b'"a":',
                b'"a":[',
                b'{"a":1},',
                b'"',
                b",",
                b"\n",
                b'""',
                b"1,2\n",
                b"<!--",
                b"&#x41;",
                b"<a b='",
                b"[",
                b"\\u0000",
            ]
        ),
    ),
    times=st.integers(1, 300_000),
)
def test_repeated_content_costs_no_more_than_its_size_allows(measured, begin, piece, times):
    assert_within(measured, begin + piece * min(times, 3_000_000 // len(piece)))


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.integers(1, 3_000), cells=st.integers(0, 400), sheets=st.integers(1, 5), first=st.integers(1, 2**40))
def test_spreadsheet_declarations_cost_no_more_than_the_size_allows(measured, rows, cells, sheets, first):
    row = f'<row r="{first}"><c r="A{first}"><v>1</v></c></row>'
    assert_within(measured, workbook(wide_rows(rows, cells) + row, sheets=sheets))


# ── The limits themselves ────────────────────────────────────────────────────────────────────────────────────────────


def test_budget_depends_on_the_size():
    assert budget_of(0) == budget_of(2_000_000) == Budget(1.0, 50_000_000)
    assert budget_of(10_000_000) == Budget(5.0, 150_000_000)
    assert budget_of(20_000_000) == Budget(10.0, 300_000_000)
    assert budget_of(1 << 40) == Budget(600.0, 600_000_000)


@pytest.mark.parametrize(
    ("budget", "words"), [(Budget(0.05, 1 << 30), "0.05 s of processor time"), (Budget(60, 1_000_000), "MB of memory")]
)
def test_file_over_budget_is_refused_and_the_next_is_read(monkeypatch, budget, words):
    readers, content = Readers(1), b"<testsuite>" + b'<testcase name="a"/>' * 200_000 + b"</testsuite>"
    monkeypatch.setattr(
        "evidence.intake.reading.readers_and_budgets.budget_of",
        lambda size: budget if size > 1_000 else budget_of(size),
    )
    with pytest.raises(TooCostly, match=words):
        readers.read(io.BytesIO(content), len(content))
    reading, spool = readers.read(io.BytesIO(JUNIT), len(JUNIT))
    assert (reading.format, dict(spool.counts)) == ("junit", {"pass": 1, "fail": 1})
    assert [[result.check for result in batch] for batch in spool.batches()] == [["a", "b"]]
    spool.close()
    readers.close()


def test_process_that_dies_is_replaced():
    measured = Measured()
    process = measured.process()
    process.kill()
    process.wait()
    assert isinstance(measured.read(JUNIT)[0], FileContent)
    measured.readers.close()


def test_costly_files_of_a_person_leave_a_process_for_others(monkeypatch):
    """While three files of a person use their full budget, a file of another person is read."""
    readers, costly = Readers(2), workbook(wide_rows(8_000, 200))
    readers.start()
    monkeypatch.setattr(
        "evidence.intake.reading.readers_and_budgets.budget_of",
        lambda size: Budget(0.7 if size > 1_000 else 1.0, 1 << 30),
    )

    def refused():
        with pytest.raises(TooCostly):
            readers.read(io.BytesIO(costly), len(costly), "mallory")

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(refused) for _ in range(3)]
        time.sleep(0.2)
        readers.read(io.BytesIO(JUNIT), len(JUNIT), "anna")[1].close()
        assert not all(future.done() for future in waiting)
        for future in waiting:
            future.result()
    readers.close()


def test_reading_process_has_no_secrets(monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_OIDC_CLIENT_SECRET", "hidden")
    measured = Measured()
    process = measured.process()
    assert b"AANTOONBAAR" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    measured.readers.close()
