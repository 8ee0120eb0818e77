"""Every sample gives exactly its expected results, read by content only, at once or in small pieces."""

import io
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable

SAMPLES = Path(__file__).parent / "samples"
EXPECTATIONS = sorted(SAMPLES.glob("*/*.expected.json"))
OUTCOMES = ("pass", "fail", "error", "skipped", "informational", "not evaluated")


class Slow(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, content, step):
        self._content, self._step = io.BytesIO(content), step

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        return self._content.seek(offset, whence)

    def readinto(self, buffer):
        content = self._content.read(min(self._step, len(buffer)))
        buffer[: len(content)] = content
        return len(content)


def sample(expectation):
    path = expectation.with_name(expectation.name.removesuffix(".expected.json"))
    return path, json.loads(expectation.read_text())


def names(expectation):
    return f"{expectation.parent.name}/{expectation.name.removesuffix('.expected.json')}"


@pytest.mark.parametrize("expectation", [path for path in EXPECTATIONS if "refused" not in sample(path)[1]], ids=names)
@pytest.mark.parametrize("step", [1 << 20, 1_000])
def test_sample_is_read_as_expected(expectation, step):
    path, expected = sample(expectation)
    content = path.read_bytes()
    file_format = recognise(content[:65_536])
    assert file_format is not None
    assert path.parent.name == file_format.NAME
    run, read = file_format.read(io.BufferedReader(Slow(content, step), step))
    results = list(read)
    counts = Counter(result.outcome for result in results)
    assert {"n": len(results), **{outcome: counts[outcome] for outcome in OUTCOMES}} == expected["counts"]
    assert [result.position for result in results] == list(range(1, len(results) + 1))
    assert (run.tool, run.complete, sorted(run.targets)) == (
        expected["tool"],
        expected["complete"],
        expected["targets"],
    )
    assert (run.started_at.isoformat() if run.started_at else None) == expected["started_at"]
    assert (run.ended_at.isoformat() if run.ended_at else None) == expected.get("ended_at", expected["started_at"])
    assert run.complete or run.remark
    if expected["results"] is not None:
        seen = [[result.check, result.target, result.outcome, result.message] for result in results]
        assert seen == expected["results"]
    facts = asdict(run.facts)
    assert {name: facts[name] for name in expected.get("facts", {})} == expected.get("facts", {})


@pytest.mark.parametrize("expectation", [path for path in EXPECTATIONS if "refused" in sample(path)[1]], ids=names)
def test_broken_sample_is_refused_with_its_reason(expectation):
    path, expected = sample(expectation)
    with path.open("rb") as stream, pytest.raises(Unreadable) as refusal:
        list(formats()[path.parent.name].read(stream)[1])
    assert expected["refused"] in str(refusal.value)


def test_every_format_has_accepted_and_refused_samples():
    for name in formats():
        refused = ["refused" in sample(path)[1] for path in EXPECTATIONS if path.parent.name == name]
        assert set(refused) == {True, False}, name


def test_results_have_properties_of_cases_and_cells_of_rows():
    with (SAMPLES / "junit" / "every-outcome.xml").open("rb") as stream:
        results = {result.check: result for result in formats()["junit"].read(stream)[1]}
    assert results["pages.page"].properties == (("level", "anonymous"), ("page", "/files"))
    with (SAMPLES / "csv" / "excel-tabs-utf16.csv").open("rb") as stream:
        (row,) = formats()["csv"].read(stream)[1]
    assert row.properties == (("System", "portal"), ("Account", "A-1"), ("+", "extra"))
