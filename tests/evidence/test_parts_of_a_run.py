"""Several files of an upload without target: each is a part of the run and is judged by itself."""

import pytest

from tests.evidence.office import DAY, Office


def part(cases: str, remark: str = "") -> bytes:
    return f'<testsuite name="s" timestamp="{DAY}T08:00:00" {remark}>{cases}</testsuite>'.encode()


GOOD = part('<testcase name="a"/>')
BAD = part('<testcase name="a"><failure/></testcase>')
SILENT = {
    "incomplete": part('<testcase name="b"/>', 'tests="2" errors="2"'),
    "unknown": part('<testcase name="b"/><fatal/>'),
    "empty": part(""),
    "skipped": part('<testcase name="b"><skipped/></testcase>'),
}


@pytest.mark.parametrize("kind", SILENT)
def test_part_without_verdict_leaves_the_whole_without_verdict(small_office: Office, kind: str) -> None:
    for parts in ((SILENT[kind],), (SILENT[kind], GOOD), (GOOD, SILENT[kind]), (GOOD, GOOD + b" ", SILENT[kind])):
        (cell,) = small_office.deliver(*parts).covered
        assert (cell.verdict, bool(cell.reason)) == ("none", True)


def test_fail_of_a_part_fails_and_only_passes_pass(small_office: Office) -> None:
    (failed,) = small_office.deliver(GOOD, SILENT["incomplete"], BAD).covered
    assert (failed.verdict, [check for check, _ in failed.failing]) == ("fail", ["s.a"])
    assert small_office.deliver(GOOD, part('<testcase name="b"/>')).covered[0].verdict == "pass"
