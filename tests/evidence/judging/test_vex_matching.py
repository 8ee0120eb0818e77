"""Which VEX statement counts for a finding: vulnerability, product, version and the moment it was made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.findings import VULNERABILITY, finding
from evidence.formats.vex_statements import EACH, Statement, aliases, as_properties, components, statement_of
from evidence.judging.vex_matching import Statements
from tests.days import CALENDAR

LODAS, IMAGE = "pkg:npm/lodas@4.17.20", "pkg:oci/portal@sha256%3A01"


def said(status="fixed", names=("CVE-1",), about=((LODAS, ""),), moment="2026-11-01T00:00:00Z", **more):
    return Statement(status, names, about, moment=moment, since=more.pop("since", moment), **more)


def found(check="CVE-1", names=(), *parts):
    more = (*aliases(names), *components(*(parts or ([LODAS],))))
    return finding(1, check, "t", "fail", "HIGH", "high", "m", VULNERABILITY, more=more)


def counts(*statements, result=None, products=()):
    stated = Statements(statements).of(result or found(), products, CALENDAR)
    return stated and stated.statement.status


@pytest.mark.parametrize(
    ("names", "check", "others"),
    [(("CVE-1",), "cve-1", ()), (("GHSA-1", "CVE-1"), "CVE-1", ()), (("GHSA-1",), "CVE-1", ("GHSA-1",))],
)
def test_vulnerability_is_the_same_by_id_or_alias(names, check, others):
    assert counts(said(names=names), result=found(check, others)) == "fixed"


def test_advisory_of_several_vulnerabilities_makes_them_not_the_same():
    assert counts(said(names=("CVE-1", "DSA-1")), result=found("CVE-2", ["DSA-1"])) is None
    assert counts(said(names=("DSA-1",)), result=found("CVE-2", ["DSA-1"])) == "fixed"


@pytest.mark.parametrize(
    ("about", "products", "status"),
    [
        ([(LODAS, "")], [], "fixed"),
        ([("pkg:npm/lodas", "")], [], None),
        ([("pkg:npm/lodas@4.17.21", "")], [], None),
        ([("lodas", "")], [], None),
        ([], [], None),
        ([(IMAGE, "")], [IMAGE], "fixed"),
        ([(IMAGE, "")], [], None),
        ([(IMAGE, LODAS)], [IMAGE], "fixed"),
        ([(IMAGE, LODAS)], [], None),
        ([(IMAGE, LODAS)], ["pkg:oci/portal@sha256%3A02"], None),
        ([(IMAGE, "pkg:npm/other@1")], [IMAGE], None),
    ],
)
def test_statement_is_about_the_same_product_and_version(about, products, status):
    assert counts(said(about=tuple(about)), products=products) == status


def test_statement_on_another_vulnerability_does_not_count():
    assert counts(said(names=("CVE-2",))) is None
    assert counts(said(names=("-", "")), result=found("-")) is None


def test_statement_that_was_made_last_counts():
    earlier, later = said("fixed", moment="2026-11-01T00:00:00Z"), said("affected", moment="2026-11-01T00:30:00Z")
    for statements in ((earlier, later), (later, earlier)):
        assert counts(*statements) == "affected"
    assert counts(later, said("not_affected", moment="2026-12-01T00:00:00Z")) == "not_affected"


def test_time_zones_decide_which_was_last():
    here = said("fixed", moment="2026-11-01T12:00:00")  # in the organisation's zone, an hour before UTC
    assert counts(here, said("affected", moment="2026-11-01T11:30:00Z")) == "affected"
    assert counts(here, said("affected", moment="2026-11-01T10:30:00Z")) == "fixed"


def test_of_statements_at_the_same_moment_the_least_favourable_counts():
    assert counts(said("fixed"), said("under_investigation"), said("not_affected")) == "under_investigation"


def test_excuse_without_a_date_does_not_count_and_another_counts_as_the_last():
    assert counts(said("fixed", moment="")) is None
    assert counts(said("fixed"), said("affected", moment="")) == "affected"


def test_statement_on_every_version_only_counts_against_a_finding():
    every = (("pkg:npm/lodas", ""),)
    assert counts(said("fixed", about=every)) is None
    assert counts(said("fixed"), said("affected", about=every, moment="2026-12-01T00:00:00Z")) == "affected"


def test_each_component_of_a_finding_needs_a_statement():
    other = "pkg:npm/other@1"
    both = found("CVE-1", (), [LODAS], [other])
    assert counts(said(), result=both) is None
    assert counts(said(), said("not_affected", about=((other, ""),)), result=both) == "not_affected"
    assert counts(said(), result=found("CVE-1", (), [LODAS], [])) is None


def test_each_vulnerability_of_a_finding_needs_a_statement():
    several = found("1.3.6")._replace(properties=((EACH, "CVE-1"), (EACH, "CVE-2"), *components([LODAS])))
    assert counts(said(), result=several) is None
    assert counts(said(), said("affected", names=("CVE-2",)), result=several) == "affected"
    assert counts(said(), said(names=("CVE-2",)), result=several) == "fixed"


def test_first_moment_of_an_investigation_is_known():
    statements = [
        said("under_investigation", moment="2026-11-05T00:00:00Z"),
        said("under_investigation", moment="2026-11-09T00:00:00Z", since="2026-10-01T00:00:00Z"),
        said("affected", moment="2026-09-01T00:00:00Z"),
    ]
    stated = Statements(statements).of(found(), (), CALENDAR)
    assert (stated.statement.moment[:10], stated.investigated_since.isoformat()[:10]) == ("2026-11-09", "2026-10-01")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=8)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=3, unique=True)


@given(status=WORDS.filter(bool), names=st.lists(WORDS.filter(bool), max_size=3, unique=True), about=PAIRS, text=WORDS)
def test_any_statement_is_read_back_from_a_result(status, names, about, text):
    made = Statement(status, ("CVE-1", *names), tuple(about), text, text, text, text)
    result = finding(1, "CVE-1", "", "pass", "", "", "", VULNERABILITY, more=as_properties(made))
    back = statement_of(result)
    assert set(back.vulnerabilities) == set(made.vulnerabilities)
    assert (back.status, back.about, back.justification, back.author, back.moment) == (
        status,
        made.about,
        text,
        text,
        text,
    )


@given(
    statements=st.lists(
        st.tuples(st.sampled_from(["fixed", "not_affected", "under_investigation", "affected"]), st.integers(1, 28)),
        min_size=1,
        max_size=6,
    )
)
def test_no_excuse_counts_when_a_later_statement_contradicts_it(statements):
    made = [said(status, moment=f"2026-11-{day:02}T00:00:00Z") for status, day in statements]
    last = max(day for _, day in statements)
    statuses = {status for status, day in statements if day == last}
    for least in ("affected", "under_investigation", "not_affected", "fixed"):
        if least in statuses:
            assert counts(*made) == least
            break
