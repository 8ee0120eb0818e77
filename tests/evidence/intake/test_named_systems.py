"""Reasons for tests without target that mention another system."""

from datetime import date, timedelta

import pytest

from access.permissions import SECURITY_OFFICER, Person
from controls.scope.target_addresses import record_address
from models.transaction import writing
from tests.evidence.office import BUILD_SERVER, NOW, Office

ANNA = Person("Anna", frozenset({SECURITY_OFFICER}))
AT = 'timestamp="2027-03-03T08:00:00"'


def suite(inside: str = "<testcase name='a'/>", **attributes: str) -> bytes:
    written = "".join(f' {name}="{value}"' for name, value in {"name": "roles", **attributes}.items())
    return f"<testsuite {AT}{written}>{inside}</testsuite>".encode()


def properties(within: str = "", **values: str) -> str:
    written = "".join(f'<property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<properties>{written}{within}</properties>"


CASE = "<testcase name='a'/>"
OTHER = {
    "suite": suite(name="website.roles"),
    "class": suite("<testcase name='a' classname='nl.example.WebsiteRolesTest'/>"),
    "file": suite("<testcase name='a' file='tests/website/roles.py'/>"),
    "host of a suite": suite(hostname="www.website.example"),
    "property of a suite": suite(properties(base_url="https://www.website.example/start") + CASE),
    "body of a property": suite(properties("<property name='host'>www.website.example</property>") + CASE),
    "address in a case": suite(f"<testcase name='a'>{properties(url='https://www.website.example:443/')}</testcase>"),
    "an address of it beside our name": suite(
        properties(base_url="https://www.website.example/") + CASE, name="portal"
    ),
}


def reasons_of(filed):
    return " ".join(map(str, filed.review_reasons))


@pytest.fixture
def known(small_office: Office) -> Office:
    with writing(small_office.engine, NOW - timedelta(days=1)) as (session, now):
        record_address(session, ANNA, "website", "", "www.website.example", date(2026, 1, 1), now)
    return small_office


@pytest.mark.parametrize("who", [BUILD_SERVER, ANNA], ids=["token", "person"])
@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER.keys())
def test_file_that_mentions_another_system_waits_for_a_review(known: Office, content: bytes, who: Person) -> None:
    filed = known.deliver(content, person=who)
    assert "names website, but was uploaded for portal" in reasons_of(filed)
    assert known.status("role-tests") == "in_review"


@pytest.mark.parametrize(
    "content",
    [
        suite(),
        suite(name="portal.roles"),
        suite(name="portal calls website"),  # it names the declared one as well
        suite(properties(base_url="https://portal.example.nl/") + CASE),
        suite(f"<testcase name='a'>{properties(role='website')}</testcase>"),  # a word of a case is no system
        suite("<testcase name='website'/>"),
        suite(name="websites"),
    ],
)
def test_file_that_mentions_no_system_or_its_own_counts(known: Office, content: bytes) -> None:
    assert reasons_of(known.deliver(content)) == ""
    assert known.status("role-tests") == "demonstrated"


def test_file_for_several_systems_must_mention_each(small_office: Office) -> None:
    for_both = {"requirements": ("reviewed-tests",), "systems": ("portal", "website")}
    assert "the files do not name website" in reasons_of(small_office.deliver(suite(name="portal"), **for_both))
    both = suite(CASE, name="portal") + b"\n"
    other = suite(CASE, name="website")
    assert reasons_of(small_office.deliver(both, other, **for_both)) == ""


def test_longer_of_two_similar_names_matches(known: Office) -> None:
    with writing(known.engine, NOW - timedelta(days=1)) as (session, now):
        record_address(session, ANNA, "website", "", "portal.example.nl.website.example", date(2026, 1, 1), now)
    assert reasons_of(known.deliver(suite(properties(url="https://portal.example.nl.website.example") + CASE))) != ""
