"""What a file proves by itself, and what needs a review: days, declared facts, files uploaded before."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlmodel import Session

from access.permissions import SECURITY_OFFICER, SYSTEM, TEAM_MEMBER, Person
from evidence.errors import Unfitting
from evidence.intake import submission
from evidence.intake.submission import Delivery, Filed, Incoming, Population
from locales import Problem
from models.bulk_changes import table as rows_of
from models.transaction import writing
from readiness import readiness
from tests.access.limited import redefine
from tests.dashboard.proof import dated_scan, junit, tls_scan
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import BUILD_SERVER, DAY, FAILING, JUNIT, NOW, TEXT, Office

TODAY = NOW.date()
HOST = "portal.example.nl"
SCAN = dated_scan(HOST, DAY.isoformat())
PERSON = Person("Anna", frozenset({SECURITY_OFFICER}))
UNDATED = JUNIT.replace(b' timestamp="2027-03-03T08:00:00"', b"")
EITHER = pytest.mark.parametrize("who", [PERSON, BUILD_SERVER], ids=["person", "token"])
FLAT = {"requirements": ("tls-scan",), "first_day": TODAY, "last_day": TODAY}
SCANNED = {"requirements": ("tls-scan",)}
REGISTER = {"kind": "register", "formats": ["csv"], "scope": "organisation", "review": "automatic"}
PEOPLE = {"requirements": ("people",), "systems": (), "first_day": TODAY, "last_day": TODAY}


def waits(office: Office, filed: Filed, requirement: str = "role-tests", target: str = "", on: date = TODAY) -> bool:
    """Whether evidence waits for a review, with the expected reasons."""
    status = office.status(requirement, target=target, on=on)
    assert (status == "in_review") == bool(filed.review_reasons), (status, filed.review_reasons)
    return status == "in_review"


def reasons_of(filed: Filed) -> str:
    return " ".join(map(str, filed.review_reasons))


# ── The three attacks ────────────────────────────────────────────────────────────────────────────────────────────────


@EITHER
def test_single_scan_does_not_represent_years(small_office: Office, who: Person) -> None:
    with pytest.raises(Unfitting, match="3 March 2027 by the file, not 1 January 2020"):
        small_office.deliver(SCAN, **SCANNED, first_day=date(2020, 1, 1), person=who)
    with pytest.raises(Unfitting, match="represents one day"):
        small_office.deliver(tls_scan(HOST), **FLAT | {"first_day": date(2020, 1, 1)}, person=who)
    assert small_office.count("evidence") == 0


@EITHER
def test_old_file_for_today_waits_for_a_review(small_office: Office, who: Person) -> None:
    old = small_office.deliver(tls_scan(HOST), **FLAT | dict.fromkeys(("first_day", "last_day"), date(2026, 3, 4)))
    again = small_office.deliver(tls_scan(HOST), **FLAT, person=who, at=NOW + timedelta(hours=1))
    assert again.is_new
    assert again.evidence != old.evidence
    assert "uploaded on 4 March 2027 by build server" in reasons_of(again)
    assert waits(small_office, again, "tls-scan", HOST)


@EITHER
def test_scan_of_another_host_waits_for_a_review(small_office: Office, who: Person) -> None:
    other = dated_scan("elsewhere.example.org", DAY.isoformat())
    filed = small_office.deliver(other, **SCANNED, targets={"elsewhere.example.org": ("portal", HOST)}, person=who)
    assert "elsewhere.example.org" in reasons_of(filed)
    assert HOST in reasons_of(filed)
    assert waits(small_office, filed, "tls-scan", HOST)


# ── Who may declare what ─────────────────────────────────────────────────────────────────────────────────────────────


def test_dated_scan_of_a_recorded_target_needs_no_review(office: Office) -> None:
    filed = office.deliver(SCAN, **SCANNED, person=PERSON)
    assert (filed.declared, filed.review_reasons) == ({}, [])
    assert office.status("tls-scan", target=HOST) == "demonstrated"


def test_declared_facts_wait_for_a_review_and_then_count(office: Office) -> None:
    filed = office.deliver(tls_scan(HOST), **FLAT, person=PERSON)
    assert filed.declared == {"by": "Anna", "days": ["2027-03-04", "2027-03-04"]}
    assert waits(office, filed, "tls-scan", HOST)
    assert office.column("coverage", "needs_review") == [1]
    office.review(filed.evidence, "accepted")
    assert office.status("tls-scan", target=HOST, on=TODAY) == "demonstrated"


def test_facts_declared_by_a_build_server_for_today_count_and_are_marked(office: Office) -> None:
    filed = office.deliver(tls_scan(HOST), **FLAT)
    assert filed.declared == {"by": "build server", "days": ["2027-03-04", "2027-03-04"]}
    assert filed.review_reasons == []
    assert office.status("tls-scan", target=HOST, on=TODAY) == "demonstrated"
    assert office.column("evidence", "declared") == [filed.declared]


#: what is declared beside a dated JUnit file for the portal, and whether a build server's waits
DECLARED: list[tuple[str, dict[str, Any], bool]] = [
    ("the system", {}, False),
    ("another day", {"content": UNDATED, "first_day": DAY}, True),
    ("today", {"content": UNDATED, "first_day": TODAY}, False),
    ("a tool", {"tool": "another"}, True),
    ("a zone", {"zones": {"file0": "internet"}}, True),
    ("a target", {"requirements": ("port-scan",), "targets": {"": ("portal", HOST)}}, True),
    ("an end that nothing else sets", {"requirements": ("endless",), "explicit_end": date(2030, 1, 1)}, True),
]


@pytest.fixture
def extended_office(small_office: Office) -> Office:
    """An office that also requires a test without a renewal, and a register without a review."""
    with writing(small_office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "role-tests", key="endless", renewal="", applies_to=None)
        redefine(session, now, "policy", key="people", policy="confidentiality-register", **REGISTER)
    return small_office


@EITHER
@pytest.mark.parametrize(("what", "delivery", "of_token"), DECLARED, ids=[declared[0] for declared in DECLARED])
def test_each_kind_of_declared_fact_waits_for_a_review(
    extended_office: Office, who: Person, what: str, delivery: dict[str, Any], *, of_token: bool
) -> None:
    arguments = dict(delivery)
    filed = extended_office.deliver(arguments.pop("content", JUNIT), person=who, **arguments)
    (key,) = {cell.key for cell in filed.covered}
    assert filed.declared["by"] == who.name, what
    expected = of_token or who is PERSON
    assert bool(filed.review_reasons) == expected
    assert extended_office.status(key[0], target=key[2], on=TODAY) == ("in_review" if expected else "demonstrated")


def register(*people: str) -> bytes:
    return table(*(ROWS["confidentiality-register"] | {"person_ref": person} for person in people)).encode()


@EITHER
def test_tool_named_by_the_file_is_not_a_declared_fact(small_office: Office, who: Person) -> None:
    filed = small_office.deliver(SCAN, **SCANNED, tool="testssl", person=who)
    assert "tool" not in filed.declared
    assert not filed.review_reasons


def test_other_tool_name_does_not_hide_a_failing_series(small_office: Office) -> None:
    small_office.deliver(FAILING)
    for who in (PERSON, BUILD_SERVER):
        small_office.deliver(JUNIT, tool="another", person=who, at=NOW + timedelta(hours=1))
        assert small_office.status("role-tests", on=TODAY) == "failing"


def test_product_itself_can_declare_tool_and_system(small_office: Office) -> None:
    filed = small_office.deliver(JUNIT, tool="Aantoonbaar log", person=SYSTEM)
    assert (filed.declared, filed.review_reasons) == ({}, [])


def test_team_member_declares_as_a_person(small_office: Office) -> None:
    member = Person("Bo", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"}))
    assert waits(small_office, small_office.deliver(JUNIT, person=member))


def test_fail_counts_on_arrival_whatever_was_declared(small_office: Office) -> None:
    small_office.deliver(FAILING, person=PERSON)
    assert small_office.status("role-tests") == "failing"


def test_same_upload_by_another_person_is_the_same_evidence(small_office: Office) -> None:
    first = small_office.deliver(JUNIT)
    again = small_office.deliver(JUNIT, person=PERSON, at=NOW + timedelta(hours=1))
    assert (again.evidence, again.is_new) == (first.evidence, False)
    assert again.declared["by"] == "build server"


# ── Registers and records ────────────────────────────────────────────────────────────────────────────────────────────


def test_register_uploaded_by_a_person_waits_for_a_review(extended_office: Office) -> None:
    filed = extended_office.deliver(
        TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=TODAY, person=PERSON
    )
    assert filed.declared["days"] == ["2027-03-03", "2027-03-04"]
    assert filed.review_reasons


LOG = {"kind": "register", "formats": ["csv"], "scope": "system", "review": "automatic"}


def moments(*days: int) -> bytes:
    names = ("event_id", "time", "user_ref", "outcome", "source", "system")
    rows = [
        dict(zip(names, (f"{day}", f"2027-02-{day:02}T23:30:00Z", "u", "geslaagd", "x", "portal"), strict=True))
        for day in days
    ]
    return table(*rows).encode()


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (date(2027, 2, 1), date(2027, 2, 11), "4 February 2027 to 11 February 2027; it can't represent 1 February"),
        (date(2027, 2, 4), date(2027, 3, 1), "it can't represent 1 March 2027. Give an earlier last day"),
        (date(2020, 1, 1), date(2027, 3, 1), "1 January 2020. Give a later first day"),
    ],
)
def test_log_represents_only_days_of_its_rows(small_office: Office, first: date, last: date, says: str) -> None:
    """The rows are at 23:30 UTC: the organisation's next day."""
    with writing(small_office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "policy", key="log", policy="login-log", **LOG)
    arguments = {"requirements": ("log",), "population": Population(3, "the application", TODAY)}
    with pytest.raises(Unfitting, match=says):
        small_office.deliver(moments(3, 5, 10), first_day=first, last_day=last, **arguments)
    assert small_office.count("evidence") == 0
    within = {"first_day": date(2027, 2, 4), "last_day": date(2027, 2, 11)}
    assert small_office.deliver(moments(3, 5, 10), **within, **arguments).is_new


def test_register_of_rare_events_can_represent_days_after_its_last_row(small_office: Office) -> None:
    with writing(small_office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "policy", key="shown", policy="request-register", **REGISTER)
    row = ROWS["request-register"] | {"received_on": "2027-02-01"}
    arguments = {"requirements": ("shown",), "systems": (), "population": Population(1, "the mailbox", TODAY)}
    content = table(row).encode()
    with pytest.raises(Unfitting, match="1 February 2027"):
        small_office.deliver(content, first_day=date(2027, 1, 31), last_day=TODAY, **arguments)
    assert small_office.deliver(content, first_day=date(2027, 2, 1), last_day=TODAY, **arguments).is_new


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "again",
    [
        {"contents": (JUNIT, FAILING)},
        {"contents": (FAILING, JUNIT)},
        {"requirements": ("role-tests", "reviewed-tests")},
        {"explicit_end": date(2027, 3, 20)},
        {"tool": "another"},
    ],
    ids=["a file beside it", "in another order", "other cells", "another end", "another tool"],
)
@EITHER
def test_file_uploaded_before_waits_for_a_review(small_office: Office, who: Person, again: dict[str, Any]) -> None:
    small_office.deliver(JUNIT)
    arguments = dict(again)
    filed = small_office.deliver(
        *arguments.pop("contents", (JUNIT,)), person=who, at=NOW + timedelta(hours=1), **arguments
    )
    assert filed.is_new
    assert "The same file was uploaded on 4 March 2027 by build server" in reasons_of(filed)
    assert 1 in small_office.column("coverage", "needs_review")


def test_earlier_upload_that_the_person_may_not_see_is_not_mentioned(small_office: Office) -> None:
    """The reason says only that the file was uploaded before."""
    small_office.deliver(JUNIT)
    stranger = Person("server", frozenset({TEAM_MEMBER}), teams=frozenset({"other"}), token=2)
    with writing(small_office.engine, NOW) as (session, now):
        session.execute(insert(rows_of("team")), [{"key": "other", "title_nl": "O", "title_en": "O"}])
        redefine(session, now, "role-tests", key="others", team="other")
    filed = small_office.deliver(JUNIT, requirements=("others",), person=stranger, at=NOW + timedelta(hours=1))
    assert "uploaded before" in reasons_of(filed)
    assert "build server" not in reasons_of(filed)


def test_corrected_population_is_judged_again(extended_office: Office) -> None:
    content, arguments = register("P-1"), dict(PEOPLE)
    wrong = extended_office.deliver(content, population=Population(5, "the payroll", TODAY), **arguments)
    assert [check for check, _ in wrong.covered[0].failing][:1] == ["population"]
    right = extended_office.deliver(
        content, population=Population(1, "the payroll", TODAY), **arguments, at=NOW + timedelta(hours=1)
    )
    assert right.is_new
    assert "population" not in [check for check, _ in right.covered[0].failing]
    assert "uploaded on 4 March 2027" in reasons_of(right)
    same = extended_office.deliver(
        content, population=Population(1, "the payroll", TODAY), **arguments, at=NOW + timedelta(hours=2)
    )
    assert same.evidence == right.evidence


# ── Days of several files ────────────────────────────────────────────────────────────────────────────────────────────


def test_each_target_has_the_days_of_its_files(office: Office) -> None:
    old, new = dated_scan("api.example.nl:8443", "2027-02-20"), dated_scan(HOST, "2027-03-03")
    old = old.replace(b'"targetHost": "api.example.nl:8443"', b'"targetHost": "api.example.nl"').replace(
        b'"443"', b'"8443"'
    )
    filed = office.deliver(old, new, **SCANNED, person=PERSON)
    days = {cell.target: cell.days for cell in filed.covered}
    assert days == {"api.example.nl:8443": (date(2027, 2, 20),) * 2, HOST: (DAY, DAY)}
    assert filed.review_reasons == []
    assert office.column("evidence", "first_day") == [date(2027, 2, 20)]
    assert office.column("evidence", "last_day") == [DAY]
    assert office.status("tls-scan", target=HOST, on=date(2027, 2, 25)) == "missing"


def test_old_and_new_file_do_not_represent_the_days_between(office: Office) -> None:
    old = junit("one", day="2026-06-01")
    filed = office.deliver(old, JUNIT)
    assert "1 June 2026 to 3 March 2027" in reasons_of(filed)
    assert waits(office, filed)
    assert office.status("role-tests", on=date(2026, 8, 1)) == "in_review"


def test_suites_far_apart_in_a_file_wait_for_a_review(small_office: Office) -> None:
    far = (
        b'<testsuites><testsuite name="a" timestamp="2026-01-05T08:00:00"><testcase name="x"/></testsuite>'
        b'<testsuite name="b" timestamp="2027-03-03T08:00:00"><testcase name="y"/></testsuite></testsuites>'
    )
    assert "5 January 2026 to 3 March 2027" in reasons_of(small_office.deliver(far))
    narrowed = small_office.deliver(far, first_day=DAY, at=NOW + timedelta(hours=1))
    assert "5 January 2026 to 3 March 2027" in reasons_of(narrowed)


def test_file_without_verdict_does_not_extend_the_days_of_others(small_office: Office) -> None:
    problem = {"id": "scanProblem", "severity": "FATAL", "finding": f"Can't connect to '{HOST}:443' Make sure"}
    unreached = json.dumps(json.loads(SCAN) | {"scanResult": [problem]}).encode()
    filed = small_office.deliver(dated_scan(HOST, "2027-03-01"), unreached, **SCANNED)
    assert [(cell.verdict, cell.days) for cell in filed.covered] == [("pass", (date(2027, 3, 1),) * 2)]


def test_files_with_and_without_date_must_be_of_the_same_day(small_office: Office) -> None:
    dated, undated = JUNIT, junit("one")
    with pytest.raises(Unfitting, match="enter that day"):
        small_office.deliver(dated, undated)
    with pytest.raises(Unfitting, match="another file ran on 3 March 2027, not on 4 March 2027"):
        small_office.deliver(dated, undated, first_day=TODAY)
    assert small_office.deliver(dated, undated, first_day=DAY).review_reasons  # the day of the other is declared


def test_moment_without_zone_is_on_the_written_day(small_office: Office) -> None:
    """A moment of 23:30 without zone stays on its day."""
    late = JUNIT.replace(b"2027-03-03T08:00:00", b"2027-03-03T23:30:00")
    small_office.deliver(late)
    assert small_office.column("coverage", "last_day") == [DAY]


# ── Whatever one person declares ─────────────────────────────────────────────────────────────────────────────────────

CONTENTS = st.sampled_from([JUNIT, UNDATED, SCAN, tls_scan(HOST), dated_scan("www.example.org", "2027-03-03"), TEXT])
ASKED = st.sampled_from(["role-tests", "tls-scan", "port-scan", "policy", "manual", "no-policy"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=CONTENTS,
    requirement=ASKED,
    system=st.sampled_from(["portal", "website"]),
    days=st.sampled_from(
        [{}, {"first_day": DAY}, {"first_day": TODAY}, {"first_day": date(2026, 3, 1), "last_day": DAY}]
    ),
    more=st.fixed_dictionaries(
        {},
        optional={
            "tool": st.sampled_from(["testssl", "junit", "another"]),
            "zones": st.just({"file0": "internet"}),
            "population": st.just(Population(1, "the source", DAY)),
            "targets": st.sampled_from(
                [{"": ("portal", HOST)}, {"www.example.org": ("portal", HOST)}, {HOST: ("portal", HOST)}]
            ),
        },
    ),
)
def test_nothing_declared_by_a_single_person_is_demonstrated(
    small_office: Office, content: bytes, requirement: str, system: str, days: dict[str, date], more: dict[str, Any]
) -> None:
    """Each upload is the first of its office: it is rolled back afterwards."""
    systems = () if requirement == "policy" else (system,)
    try:
        with submission.inspect(small_office.store, [Incoming(io.BytesIO(content), "file0")]) as inspection:
            delivery = Delivery(inspection, [requirement], systems, **days, **more)
            with Session(small_office.engine.execution_options(writes=True)) as session:
                filed = submission.submit(session, small_office.store, PERSON, delivery, NOW)
                session.flush()
                shown = [cell for on in (DAY, TODAY) for cell in readiness(session, PERSON, on, NOW).cells]
                session.rollback()
    except Problem:
        return  # what is refused proves nothing
    demonstrated = {cell.evidence for cell in shown if cell.status == "demonstrated"}
    assert bool(filed.declared) == bool(filed.review_reasons)
    assert not (filed.declared and demonstrated)


def test_scan_that_left_out_checks_waits_for_a_review(small_office: Office) -> None:
    whole = json.loads(SCAN)
    protocols = whole["scanResult"][0]["protocols"]
    whole["scanResult"][0]["protocols"] = [record for record in protocols if record["id"] != "heartbleed"]
    filed = small_office.deliver(json.dumps(whole).encode(), **SCANNED)
    assert f"The scan of {HOST} left out something that a full run looks at: Heartbleed." in reasons_of(filed)
    assert waits(small_office, filed, "tls-scan", HOST)
