"""A register uploaded by a person always needs review by someone else; one uploaded by a token of a team may not."""

from datetime import UTC, date, datetime, time

import pytest

from access.permissions import SECURITY_OFFICER, Person
from evidence.intake.submission import Population
from evidence.judging.policies import policies
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.judging.register.test_policy_examples import REGISTERS, in_full, population
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import BUILD_SERVER, open_office

PERSON = Person("administrator", frozenset({SECURITY_OFFICER}))
#: a token of their own, with which a script of theirs hands in
OWN_TOKEN = Person("administrator", frozenset({SECURITY_OFFICER}), token=2, account="administrator")
JUDGED_BY_FORMAT = [
    key
    for key, policy in policies().items()
    if policy.judges == "by-format" and "csv" in policy.formats and policy.judging("csv").judges == "register"
]


@pytest.fixture
def office(sqlite, tmp_path):
    return open_office(sqlite, tmp_path)


def hand_in(office, policy, person, **changes):
    """The example row of a policy, as a register that its requirement accepts automatically."""
    judging = policies()[policy].judging("csv").id
    rules = policies()[judging].rules
    row = in_full(judging, rules.examples.row | ({rules.per: "portal"} if rules.per else {}) | changes)
    day = date(2026, 11, 21) if "time" in rules.moments else rules.examples.day  # a log ends with its last row
    with writing(office.engine, datetime(2026, 1, 5, tzinfo=UTC)) as (session, at):
        options = {"formats": ["csv"], "review": "automatic", "applies_to": None, "scope": "system"}
        redefine(session, at, "role-tests", key="asked", policy=policy, kind="register", **options)
    return office.deliver(
        table(row).encode(),
        requirements=("asked",),
        person=person,
        at=datetime.combine(rules.examples.day, time(20), UTC),
        first_day=day,
        last_day=day,
        population=Population(population(rules, [row]), "the source system", day),
    )


@pytest.mark.parametrize("person", [PERSON, OWN_TOKEN], ids=["browser", "own token"])
@pytest.mark.parametrize("policy", [*REGISTERS, *JUDGED_BY_FORMAT])
def test_register_uploaded_by_a_person_needs_review(office, policy, person):
    filed = hand_in(office, policy, person)
    assert filed.needs_review
    assert "administrator declared what no file says" in str(filed.review_reasons[0])


def test_register_uploaded_by_a_team_token_needs_no_review(office):
    assert hand_in(office, "patch-register", BUILD_SERVER).review_reasons == []


def test_register_with_points_to_review_needs_review_also_from_a_token(office):
    late = {"installed_on": "2026-11-16", "meanwhile": "port closed"}
    filed = hand_in(office, "patch-register", BUILD_SERVER, **late)
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert "with an interim measure" in str(filed.review_reasons[0])


@pytest.mark.parametrize(("moment", "waits"), [("20:04:00", False), ("20:06:00", True), ("21:30:00", True)])
@pytest.mark.parametrize(
    ("policy", "column"),
    [("incident-register", "customers_told_at"), ("eura", "last_use_at"), ("last-attempts", "last_attempt")],
)
def test_rows_of_after_the_upload_need_review(office, policy, column, moment, waits):
    """It is uploaded at 20:00, and clocks differ by 5 minutes at most."""
    later = {column: f"{policies()[policy].rules.examples.day}T{moment}Z"}
    reasons = list(map(str, hand_in(office, policy, BUILD_SERVER, **later).review_reasons))
    assert ("Rows with a moment after they were uploaded: 2." in reasons) is waits
