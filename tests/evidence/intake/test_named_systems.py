"""A test that names no target, and names another system than the one that it was handed in for."""

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
    told = "".join(f'<property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<properties>{told}{within}</properties>"


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


def said(filed):
    return " ".join(map(str, filed.review_reasons))


@pytest.fixture
def known(small_office: Office) -> Office:
    with writing(small_office.engine, NOW - timedelta(days=1)) as (session, now):
        record_address(session, ANNA, "website", "", "www.website.example", date(2026, 1, 1), now)
    return small_office


@pytest.mark.parametrize("who", [BUILD_SERVER, ANNA], ids=["token", "person"])
@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER.keys())
def test_a_file_that_names_another_system_waits(known: Office, content: bytes, who: Person) -> None:
    filed = known.deliver(content, person=who)
    assert "names website, and was handed in for portal" in said(filed)
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
def test_what_names_none_or_its_own_counts(known: Office, content: bytes) -> None:
    assert said(known.deliver(content)) == ""
    assert known.status("role-tests") == "demonstrated"


def test_for_several_systems_it_names_each_or_waits(small_office: Office) -> None:
    for_both = {"requirements": ("reviewed-tests",), "systems": ("portal", "website")}
    assert "the files do not name website" in said(small_office.deliver(suite(name="portal"), **for_both))
    both = suite(CASE, name="portal") + b"\n"
    other = suite(CASE, name="website")
    assert said(small_office.deliver(both, other, **for_both)) == ""


def test_of_two_names_that_begin_alike_the_longer_is_meant(known: Office) -> None:
    with writing(known.engine, NOW - timedelta(days=1)) as (session, now):
        record_address(session, ANNA, "website", "", "portal.example.nl.website.example", date(2026, 1, 1), now)
    assert said(known.deliver(suite(properties(url="https://portal.example.nl.website.example") + CASE))) != ""
