"""A test that ran, by its file, after its upload waits for a review."""

from datetime import timedelta

import pytest

from tests.evidence.office import NOW, Office


def run_at(moment: str) -> bytes:
    return f'<testsuite name="roles" tests="1" timestamp="{moment}"><testcase classname="roles" name="nurse reads own ward"/></testsuite>'.encode()


@pytest.mark.parametrize(
    ("minutes", "zone", "waits"),
    [(-30, "+00:00", False), (4, "+00:00", False), (6, "+00:00", True), (300, "+00:00", True), (300, "", True)],
)
def test_moment_after_the_upload_is_a_reason(small_office: Office, minutes: int, zone: str, waits: bool) -> None:
    moment = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S") + zone
    filed = small_office.deliver(run_at(moment), requirements=("role-tests",))
    told = any("ran at a moment after it was uploaded" in str(reason) for reason in filed.review_reasons)
    assert told is waits
