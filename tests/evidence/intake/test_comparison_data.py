"""Registers are compared with the last accepted rows of other registers, and with the systems in scope."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import Workbook

from evidence.formats.values import Unreadable
from evidence.intake.submission import Population
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook as by_hand
from tests.evidence.judging.register.test_policy_register_rules import ROWS, table
from tests.evidence.office import NOW, open_office

LAST = date(2026, 11, 22)
ACCESS = {
    "system": "portal", "account_ref": "A-1", "person_ref": "P-1", "account_type": "persoonlijk", "privileged": "nee",
    "role": "support", "task_reason": "vragen", "engaged_until": "", "last_used_on": "", "decision": "behouden",
    "decided_by_ref": "P-9", "decided_on": "2026-10-12", "executed_on": "",
}  # fmt: skip
REGISTER = {"kind": "register", "formats": ["csv", "xlsx"], "review": "required"}


@pytest.fixture
def office(engine, tmp_path):
    made = open_office(engine, tmp_path)
    with writing(engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        for key, policy in (
            ("confidentiality", "confidentiality-register"),
            ("badges", "datacentre-access-list"),
            ("places", "datacentre-certificates"),
            ("accounts", "access-review"),
            ("inventory", "data-inventory-review"),
        ):
            scope = "system" if key == "accounts" else "organisation"
            redefine(session, now, "policy", key=key, policy=policy, scope=scope, **REGISTER)
    return made


def deliver(office, requirement, *rows, at=NOW, content=None, systems=()):
    return office.deliver(
        content or table(*rows).encode(),
        requirements=(requirement,),
        systems=systems,
        at=at,
        first_day=LAST,
        last_day=LAST,
        population=Population(len(rows), "export", LAST),
    )


def reasons_of(filed):
    return [(cell.verdict, [check for check, _ in cell.failing]) for cell in filed.covered]


def workbook(*rows):
    book, content = Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([date.fromisoformat(cell) if cell[:3] == "202" else cell for cell in row.values()])
    book.save(content)
    return content.getvalue()


def test_registers_that_refer_to_each_other_are_resolved_in_turn(office):
    people = ROWS["confidentiality-register"]
    first = deliver(office, "confidentiality", people)
    assert reasons_of(first) == [("none", [])]
    office.review(first.evidence, "accepted")
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",))
    office.review(accounts.evidence, "accepted")
    badges = deliver(office, "badges", ROWS["datacentre-access-list"])
    assert reasons_of(badges) == [("none", [])]  # no certificates of the places yet
    office.review(badges.evidence, "accepted")
    later = NOW + timedelta(hours=1)
    again = deliver(office, "confidentiality", people, people | {"person_ref": "P-2"}, at=later)
    assert reasons_of(again) == [("pass", [])]


def test_unaccepted_and_rejected_registers_are_not_compared_with(office):
    people = ROWS["confidentiality-register"]
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",))
    assert reasons_of(deliver(office, "confidentiality", people)) == [("none", [])]
    office.review(accounts.evidence, "rejected", at=NOW + timedelta(minutes=1))
    assert reasons_of(deliver(office, "confidentiality", people, at=NOW + timedelta(hours=1))) == [("none", [])]


def test_register_without_requirement_counts_as_empty(office, engine):
    people = ROWS["confidentiality-register"]
    assert reasons_of(deliver(office, "confidentiality", people)) == [("none", [])]
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",))
    office.review(accounts.evidence, "accepted")
    later = NOW + timedelta(hours=1)
    assert reasons_of(deliver(office, "confidentiality", people, at=later)) == [
        ("none", [])
    ]  # the badges are asked for
    with writing(engine, later) as (session, now):
        redefine(session, now, "badges", retired=True)
    again = deliver(office, "confidentiality", people, people | {"person_ref": "P-5"}, at=later + timedelta(hours=1))
    assert reasons_of(again) == [("pass", [])]


def test_newest_accepted_register_counts(office):
    everyone = deliver(
        office, "accounts", ACCESS, ACCESS | {"account_ref": "A-7", "person_ref": "P-7"}, systems=("portal",)
    )
    office.review(everyone.evidence, "accepted")
    badges = deliver(office, "badges", ROWS["datacentre-access-list"])
    office.review(badges.evidence, "accepted")
    people = ROWS["confidentiality-register"]
    assert reasons_of(deliver(office, "confidentiality", people)) == [("fail", ["everyone-with-an-account"])]
    later = NOW + timedelta(hours=1)
    fewer = deliver(office, "accounts", ACCESS, systems=("portal",), at=later)
    office.review(fewer.evidence, "accepted", at=later)
    assert reasons_of(deliver(office, "confidentiality", people, people | {"person_ref": "P-3"}, at=later)) == [
        ("pass", [])
    ]


def test_spreadsheet_is_read_as_the_same_register(office):
    rows = ROWS["confidentiality-register"]
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",), content=workbook(ACCESS))
    assert reasons_of(accounts) == [("pass", [])]
    office.review(accounts.evidence, "accepted")
    badges = deliver(office, "badges", ROWS["datacentre-access-list"], content=workbook(ROWS["datacentre-access-list"]))
    office.review(badges.evidence, "accepted")
    assert reasons_of(deliver(office, "confidentiality", rows, content=workbook(rows))) == [("pass", [])]


def test_every_system_in_scope_must_occur(office):
    filed = deliver(office, "inventory", ROWS["data-inventory-review"])
    assert reasons_of(filed) == [("fail", ["every-system"])]
    assert "website" in str(filed.covered[0].failing[0][1])
    both = (ROWS["data-inventory-review"], ROWS["data-inventory-review"] | {"system": "website"})
    assert reasons_of(deliver(office, "inventory", *both)) == [("pass", [])]


BOLD = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fills><fill/></fills></styleSheet>'
)


def test_workbook_with_odd_styles_is_read(office):
    content = by_hand(sheet(tuple(ACCESS), tuple(ACCESS.values())), styles=BOLD)
    filed = deliver(office, "accounts", ACCESS, content=content, systems=("portal",))
    assert reasons_of(filed) == [("pass", [])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (by_hand(sheet(tuple(ACCESS))[:-30]), "is damaged or cut off"),
        (by_hand(sheet(("titel",))), "No visible sheet"),
        ((table(ACCESS) + 'portal;"open').encode(), "quoted field is still open"),
        (b'{"system": "portal"}\n{"system": ', "no JSON object"),
    ],
)
def test_unreadable_table_is_refused_with_its_reason(office, content, reason):
    with pytest.raises(Unreadable, match=reason):
        deliver(office, "accounts", ACCESS, content=content, systems=("portal",))
    assert office.count("evidence") == 0


def test_other_register_is_read_from_its_own_sheet(office):
    register = ROWS["confidentiality-register"] | {"person_ref": "P-1"}
    book = by_hand(
        sheet(tuple(ACCESS), tuple(ACCESS.values())), sheet(("Titel",), tuple(register), tuple(register.values()))
    )
    office.review(deliver(office, "accounts", ACCESS, content=book, systems=("portal",)).evidence, "accepted")
    filed = deliver(office, "confidentiality", register, content=book)
    assert "everyone-with-an-account" not in reasons_of(filed)[0][1]
    alone = deliver(office, "confidentiality", register | {"person_ref": "P-2"})
    assert "everyone-with-an-account" in reasons_of(alone)[0][1]
