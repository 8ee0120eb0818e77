"""Reasons for registers that may be an older export or another system's, or are far smaller."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.permissions import SYSTEM
from evidence.errors import Unfitting
from evidence.intake.submission import Population
from evidence.judging.policies import policies
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import BUILD_SERVER, NOW, open_office

TODAY = NOW.date()
SYSTEMS = ("portal", "website")
LATER = timedelta(hours=1)
HASH = "a1" * 32


@pytest.fixture
def office(sqlite, tmp_path):
    """An office whose EURA exports are accepted automatically, with version 1 in force."""
    made = open_office(sqlite, tmp_path)
    with writing(sqlite, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        definition = {"formats": ["csv"], "review": "automatic", "applies_to": None}
        redefine(session, now, "role-tests", key="eura", policy="eura", kind="test", **definition)
        redefine(session, now, "role-tests", key="second", policy="two-factor-coverage", kind="register", **definition)
        versions = {"policy": "eura-text", "kind": "register", "scope": "organisation"}
        redefine(session, now, "role-tests", key="versions", **definition | versions | {"review": "required"})
    rows = table({"role": "client", "version": "1", "in_force_from": "2025-01-01", "text_hash": HASH})
    filed = upload(made, rows, 1, requirement="versions", systems=())
    made.review(filed.evidence, "accepted", at=NOW - timedelta(days=1))
    return made


def upload(
    office,
    content,
    number,
    *,
    requirement="eura",
    systems=("portal",),
    at=NOW - timedelta(days=2),
    first=None,
    who=None,
    apart=True,
):
    day = at.date()
    declared = {"first_day": first or day, "last_day": day, "population": Population(number, "the application", day)}
    if len(systems) > 1 and apart:
        declared["populations"] = dict.fromkeys(systems, number // len(systems))
    who = who or BUILD_SERVER
    arguments = {"requirements": (requirement,), "systems": systems, "at": at, "person": who}
    return office.deliver(content.encode(), **arguments, **declared)


def export(users, day, system="portal", *, salt=0):
    """The acceptances of users, and their last use on a day."""
    used = datetime.combine(day, time(8), UTC)
    return table(
        *(
            {
                "system": system,
                "user_ref": f"U-{number}",
                "role": "client",
                "eura_version": "1",
                "accepted_at": f"2026-02-01T10:{number:02}:00+01:00",
                "first_use_at": f"2026-02-01T11:{number:02}:00+01:00",
                "last_use_at": (used - timedelta(minutes=number, seconds=salt)).isoformat(),
                "text_hash": HASH,
            }
            for number in range(users)
        )
    )


def reasons_of(filed):
    return " ".join(map(str, filed.review_reasons))


def test_current_export_is_accepted_automatically(office):
    filed = upload(office, export(10, TODAY), 10, at=NOW + LATER)
    assert (reasons_of(filed), [cell.verdict for cell in filed.covered]) == ("", ["pass"])
    assert office.status("eura", on=TODAY) == "demonstrated"


def test_export_without_the_hash_of_the_text_waits_for_a_review(office):
    filed = upload(office, export(3, TODAY).replace(HASH, ""), 3, at=NOW + LATER)
    assert "portal/U-2/client/1" in reasons_of(filed)


def test_old_export_for_today_waits_for_a_review(office):
    """The content with a blank line, so that the file is not identical."""
    half_a_year = TODAY - timedelta(days=180)
    filed = upload(office, export(10, half_a_year) + "\n", 10, at=NOW + LATER)
    assert "newest row of portal is of 5 September 2026" in reasons_of(filed)
    assert "the situation on 4 March 2027" in reasons_of(filed)
    assert office.status("eura", on=TODAY) == "in_review"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 400))
def test_register_waits_once_its_newest_row_is_too_old(office, ago):
    at = NOW + timedelta(hours=1, microseconds=ago)
    filed = upload(office, export(3, TODAY - timedelta(days=ago), salt=ago), 3, at=at)
    assert ("newest row of portal" in reasons_of(filed)) == (ago > policies()["eura"].rules.fresh)


def test_freshness_is_checked_by_system(office):
    old = export(3, TODAY - timedelta(days=60), "website").partition("\r\n")[2]
    filed = upload(office, export(3, TODAY) + old, 6, systems=SYSTEMS, at=NOW + LATER)
    assert "newest row of website" in reasons_of(filed)
    assert "newest row of portal" not in reasons_of(filed)


def test_far_fewer_rows_than_before_wait_for_a_review(office):
    upload(office, export(60, TODAY), 60, at=NOW + LATER)
    filed = upload(office, export(1, TODAY, salt=1), 1, at=NOW + 2 * LATER)
    assert reasons_of(filed) == "One is counted in portal, and 60 were on 4 March 2027."
    assert office.status("eura", on=TODAY) == "demonstrated"  # by the one before
    half = upload(office, export(30, TODAY, salt=2), 30, at=NOW + 3 * LATER)
    assert reasons_of(half) == ""


def test_one_number_for_several_systems_is_compared_with_all_of_theirs(office):
    def of_both(number, salt):
        rows = export(number, TODAY, salt=salt)
        return rows + export(number, TODAY, "website", salt=salt + 10).partition("\r\n")[2]

    first = upload(office, of_both(30, 1), 60, systems=SYSTEMS, at=NOW + LATER)
    office.review(first.evidence, "accepted", at=NOW + 2 * LATER)
    half = upload(office, of_both(16, 2), 32, systems=SYSTEMS, at=NOW + 3 * LATER, apart=False)
    assert "counted in" not in reasons_of(half)
    filed = upload(office, of_both(5, 3), 10, systems=SYSTEMS, at=NOW + 4 * LATER, apart=False)
    assert "10 are counted in all systems together, and 60 were on 4 March 2027." in reasons_of(filed)
    assert "counted in portal" not in reasons_of(filed)


def test_stepwise_decrease_waits_until_a_reviewer_accepts(office):
    numbers, reasons = (40, 20, 10), []
    for at, number in enumerate(numbers, 1):
        filed = upload(office, export(number, TODAY, salt=at), number, at=NOW + at * LATER)
        reasons.append(bool(reasons_of(filed)))
    assert reasons == [False, False, True]
    office.review(filed.evidence, "accepted", at=NOW + 4 * LATER)
    assert reasons_of(upload(office, export(9, TODAY, salt=9), 9, at=NOW + 5 * LATER)) == ""


def test_rejected_and_waiting_counts_are_not_compared_with(office):
    first = upload(office, export(50, TODAY), 50, at=NOW + LATER)
    office.review(first.evidence, "rejected", at=NOW + 2 * LATER)
    filed = upload(office, export(5, TODAY, salt=1), 5, at=NOW + 3 * LATER)
    assert "counted in" not in reasons_of(filed)


def test_rows_copied_from_another_system_wait_for_a_review(office):
    upload(office, export(10, TODAY, "website"), 10, systems=("website",), at=NOW + LATER)
    filed = upload(office, export(10, TODAY), 10, at=NOW + 2 * LATER)
    assert reasons_of(filed) == "Most rows of portal are identical to rows accepted for website."
    assert reasons_of(upload(office, export(10, TODAY, salt=7), 10, at=NOW + 3 * LATER)) == ""


def test_rows_without_dates_always_wait_for_a_review(office):
    row = ROWS["two-factor-coverage"]
    filed = upload(office, table(row), int(row["accounts"]), requirement="second", at=NOW + LATER)
    assert "Its rows have no dates" in reasons_of(filed)


def test_reasons_do_not_apply_to_the_product_itself(office):
    filed = upload(office, export(4, TODAY - timedelta(days=90)), 4, at=NOW + LATER, who=SYSTEM)
    assert filed.review_reasons == []


def test_register_represents_no_day_before_its_first_row(office):
    with writing(office.engine, NOW - timedelta(days=1)) as (session, now):
        people = {"policy": "confidentiality-register", "kind": "register", "scope": "organisation"}
        redefine(
            session, now, "role-tests", key="people", formats=["csv"], review="required", applies_to=None, **people
        )
    content = table(ROWS["confidentiality-register"])
    with pytest.raises(Unfitting, match="it can't represent 1 January 2000"):
        upload(office, content, 1, requirement="people", systems=(), at=NOW + LATER, first=date(2000, 1, 1))


@pytest.mark.parametrize("key", [key for key, policy in policies().items() if policy.judges == "register"])
def test_every_register_with_dates_represents_only_their_days(key):
    """Registers of events have columns with moments; only registers of a state may have older rows."""
    rules = policies()[key].rules
    happened = {column.key for column in rules.columns if column.happened}
    assert bool(rules.moments) == bool(happened), key
    assert set(rules.moments) <= {column.key for column in rules.columns if column.type in ("date", "datetime")}
    assert rules.is_log or rules.fresh or not happened
