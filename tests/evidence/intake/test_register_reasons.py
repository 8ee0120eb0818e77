"""A register waits for a review where it can't be told from an older export, from another system's, or is far smaller."""

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


@pytest.fixture
def office(sqlite, tmp_path):
    """Its EURA exports are accepted by themselves; version 1 is in force."""
    made = open_office(sqlite, tmp_path)
    with writing(sqlite, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        asked = {"formats": ["csv"], "review": "automatic", "applies_to": None}
        redefine(session, now, "role-tests", key="eura", policy="eura", kind="test", **asked)
        redefine(session, now, "role-tests", key="second", policy="two-factor-coverage", kind="register", **asked)
        versions = {"policy": "eura-text", "kind": "register", "scope": "organisation"}
        redefine(session, now, "role-tests", key="versions", **asked | versions | {"review": "required"})
    rows = table({"role": "client", "version": "1", "in_force_from": "2025-01-01", "text_hash": ""})
    filed = hand_in(made, rows, 1, requirement="versions", systems=())
    made.review(filed.evidence, "accepted", at=NOW - timedelta(days=1))
    return made


def hand_in(
    office,
    content,
    number,
    *,
    requirement="eura",
    systems=("portal",),
    at=NOW - timedelta(days=2),
    first=None,
    who=None,
):
    day = at.date()
    said = {"first_day": first or day, "last_day": day, "population": Population(number, "the application", day)}
    if len(systems) > 1:
        said["populations"] = dict.fromkeys(systems, number // len(systems))
    who = who or BUILD_SERVER
    given = {"requirements": (requirement,), "systems": systems, "at": at, "person": who}
    return office.deliver(content.encode(), **given, **said)


def export(users, day, system="portal", *, salt=0):
    """Each user's acceptance, and their last use on that day."""
    used = datetime.combine(day, time(12), UTC)
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
                "text_hash": "",
            }
            for number in range(users)
        )
    )


def said(filed):
    return " ".join(map(str, filed.review_reasons))


def test_an_export_of_today_is_accepted_by_itself(office):
    filed = hand_in(office, export(10, TODAY), 10, at=NOW + LATER)
    assert (said(filed), [cell.verdict for cell in filed.covered]) == ("", ["pass"])
    assert office.status("eura", on=TODAY) == "demonstrated"


def test_an_old_export_as_today_s_waits(office):
    """The bytes differ by a blank line, and so are other bytes."""
    half_a_year = TODAY - timedelta(days=180)
    filed = hand_in(office, export(10, half_a_year) + "\n", 10, at=NOW + LATER)
    assert "newest row of portal is of 5 September 2026" in said(filed)
    assert "the situation on 4 March 2027" in said(filed)
    assert office.status("eura", on=TODAY) == "in_review"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 400))
def test_it_waits_from_the_day_that_its_newest_moment_is_older_than_the_term(office, ago):
    at = NOW + timedelta(hours=1, microseconds=ago)
    filed = hand_in(office, export(3, TODAY - timedelta(days=ago), salt=ago), 3, at=at)
    assert ("newest row of portal" in said(filed)) == (ago > policies()["eura"].rules.fresh)


def test_each_system_is_as_fresh_as_its_own_rows(office):
    old = export(3, TODAY - timedelta(days=60), "website").partition("\r\n")[2]
    filed = hand_in(office, export(3, TODAY) + old, 6, systems=SYSTEMS, at=NOW + LATER)
    assert "newest row of website" in said(filed)
    assert "newest row of portal" not in said(filed)


def test_far_fewer_than_before_wait(office):
    hand_in(office, export(60, TODAY), 60, at=NOW + LATER)
    filed = hand_in(office, export(1, TODAY, salt=1), 1, at=NOW + 2 * LATER)
    assert said(filed) == "One is counted in portal, and 60 were on 4 March 2027."
    assert office.status("eura", on=TODAY) == "demonstrated"  # by the one before
    half = hand_in(office, export(30, TODAY, salt=2), 30, at=NOW + 3 * LATER)
    assert said(half) == ""


def test_they_wait_too_when_they_fall_step_by_step_until_somebody_accepts(office):
    numbers, reasons = (40, 20, 10), []
    for at, number in enumerate(numbers, 1):
        filed = hand_in(office, export(number, TODAY, salt=at), number, at=NOW + at * LATER)
        reasons.append(bool(said(filed)))
    assert reasons == [False, False, True]
    office.review(filed.evidence, "accepted", at=NOW + 4 * LATER)
    assert said(hand_in(office, export(9, TODAY, salt=9), 9, at=NOW + 5 * LATER)) == ""


def test_what_was_rejected_or_waits_is_nothing_to_compare_with(office):
    first = hand_in(office, export(50, TODAY), 50, at=NOW + LATER)
    office.review(first.evidence, "rejected", at=NOW + 2 * LATER)
    filed = hand_in(office, export(5, TODAY, salt=1), 5, at=NOW + 3 * LATER)
    assert "counted in" not in said(filed)


def test_rows_of_another_system_under_this_name_wait(office):
    hand_in(office, export(10, TODAY, "website"), 10, systems=("website",), at=NOW + LATER)
    filed = hand_in(office, export(10, TODAY), 10, at=NOW + 2 * LATER)
    assert said(filed) == "Most rows of portal are identical to rows accepted for website."
    assert said(hand_in(office, export(10, TODAY, salt=7), 10, at=NOW + 3 * LATER)) == ""


def test_rows_without_moments_are_never_accepted_by_themselves(office):
    row = ROWS["two-factor-coverage"]
    filed = hand_in(office, table(row), int(row["accounts"]), requirement="second", at=NOW + LATER)
    assert "Its rows have no dates" in said(filed)


def test_the_product_itself_is_not_asked(office):
    filed = hand_in(office, export(4, TODAY - timedelta(days=90)), 4, at=NOW + LATER, who=SYSTEM)
    assert filed.review_reasons == []


def test_no_state_is_shown_before_its_first_row(office):
    with writing(office.engine, NOW - timedelta(days=1)) as (session, now):
        people = {"policy": "confidentiality-register", "kind": "register", "scope": "organisation"}
        redefine(
            session, now, "role-tests", key="people", formats=["csv"], review="required", applies_to=None, **people
        )
    content = table(ROWS["confidentiality-register"])
    with pytest.raises(Unfitting, match="it can't represent 1 January 2000"):
        hand_in(office, content, 1, requirement="people", systems=(), at=NOW + LATER, first=date(2000, 1, 1))


@pytest.mark.parametrize("key", [key for key, one in policies().items() if one.judges == "register"])
def test_every_register_with_moments_binds_its_days_to_them(key):
    """Each column of what happened is a moment of some register; only what is a state may be older than its day."""
    rules = policies()[key].rules
    happened = {column.key for column in rules.columns if column.happened}
    assert bool(rules.moments) == bool(happened), key
    assert set(rules.moments) <= {column.key for column in rules.columns if column.type in ("date", "datetime")}
    assert rules.is_log or rules.fresh or not happened
