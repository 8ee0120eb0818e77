"""CSAF: statuses, product tree, groups, relationships, justifications, and advisories that are read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.components import csaf_products
from evidence.formats.values import Unreadable
from evidence.formats.vex_statements import statement_of


def document(*vulnerabilities, tree=None, **tracking):
    dates = {"initial_release_date": "2026-10-01T00:00:00Z", "current_release_date": "2026-11-01T00:00:00Z"}
    return {
        "document": {
            "csaf_version": "2.0",
            "publisher": {"name": "Leverancier"},
            "tracking": {"status": "final", **dates, **tracking},
        },
        "product_tree": tree or {},
        "vulnerabilities": list(vulnerabilities),
    }


def read(content):
    content = json.dumps(content).encode()
    assert recognise(content[:65_536]).NAME == "csaf"
    run, results = formats()["csaf"].read(io.BytesIO(content))
    results = list(results)
    return run, results, [statement_of(result) for result in results]


def product(key, **helper):
    return {"product_id": key, "name": f"name of {key}", "product_identification_helper": helper}


@pytest.mark.parametrize(
    ("status", "outcome", "stated"),
    [
        ("known_affected", "fail", "affected"),
        ("first_affected", "fail", "affected"),
        ("last_affected", "fail", "affected"),
        ("known_not_affected", "pass", "not_affected"),
        ("fixed", "pass", "fixed"),
        ("first_fixed", "pass", "fixed"),
        ("under_investigation", "informational", "under_investigation"),
        ("recommended", "not evaluated", "recommended"),
    ],
)
def test_every_status_is_read(status, outcome, stated):
    _, (result,), (made,) = read(document({"cve": "CVE-1", "product_status": {status: ["A"]}}))
    assert (result.check, result.target, result.outcome, made.status) == ("CVE-1", "A", outcome, stated)
    assert (made.author, made.moment[:10], made.since[:10]) == ("Leverancier", "2026-11-01", "2026-10-01")


def test_statuses_of_a_group_are_one_statement():
    statuses = {"first_fixed": ["A"], "fixed": ["A", "A"], "known_affected": ["A"]}
    _, results, _ = read(document({"cve": "CVE-1", "product_status": statuses}))
    assert [result.outcome for result in results] == ["fail", "pass"]


@pytest.mark.parametrize("depth", [1, 3, 20])
def test_products_are_found_at_any_depth_of_the_tree(depth):
    branch = {"category": "product_version", "name": "1", "product": product("A", purl="pkg:npm/a@1")}
    for _ in range(depth - 1):
        branch = {"category": "product_family", "name": "f", "branches": [branch]}
    tree = {"branches": [branch]}
    _, (result,), (made,) = read(document({"cve": "CVE-1", "product_status": {"fixed": ["A"]}}, tree=tree))
    assert (result.target, made.about) == ("name of A", (("pkg:npm/a@1", ""),))


def test_relationship_is_about_a_component_in_a_product():
    tree = {
        "full_product_names": [
            product("LIB", purl="pkg:npm/lib@1"),
            product("APP", purl="pkg:oci/app@1", cpe="cpe:/a:x:app:1"),
            product("OS", purl="pkg:generic/os@1"),
        ],
        "relationships": [
            {
                "product_reference": "LIB",
                "relates_to_product_reference": "APP",
                "full_product_name": {"product_id": "LIB-APP", "name": "lib in app"},
            },
            {
                "product_reference": "LIB-APP",
                "relates_to_product_reference": "OS",
                "full_product_name": {"product_id": "LIB-APP-OS", "name": "lib in app on os"},
            },
        ],
    }
    statuses = {"known_not_affected": ["LIB-APP", "LIB-APP-OS"]}
    _, _, (first, second) = read(document({"cve": "CVE-1", "product_status": statuses}, tree=tree))
    assert first.about == (("pkg:oci/app@1", "pkg:npm/lib@1"), ("cpe:/a:x:app:1", "pkg:npm/lib@1"))
    assert second.about == (("pkg:generic/os@1", "pkg:npm/lib@1"),)


@pytest.mark.parametrize(
    ("more", "justification"),
    [
        ({}, ""),
        ({"flags": [{"label": "component_not_present", "product_ids": ["A"]}]}, "component_not_present"),
        ({"flags": [{"label": "component_not_present", "product_ids": ["B"]}]}, ""),
        ({"flags": [{"label": "component_not_present"}]}, "component_not_present"),
        ({"flags": [{"label": "component_not_present", "group_ids": ["G"]}]}, "component_not_present"),
        ({"flags": [{"label": "component_not_present", "group_ids": ["H"]}]}, ""),
        ({"threats": [{"category": "impact", "details": "Not called", "product_ids": ["A"]}]}, "Not called"),
        ({"threats": [{"category": "impact", "details": " . ", "product_ids": ["A"]}]}, ""),
        ({"threats": [{"category": "exploit_status", "details": "None", "product_ids": ["A"]}]}, ""),
    ],
)
def test_justification_is_a_flag_or_an_impact_of_that_product(more, justification):
    tree = {"product_groups": [{"group_id": "G", "product_ids": ["A"]}]}
    vulnerability = {"cve": "CVE-1", "product_status": {"known_not_affected": ["A"]}, **more}
    _, _, (made,) = read(document(vulnerability, tree=tree))
    assert made.justification == justification


def test_draft_states_nothing():
    tree = {"full_product_names": [product("A", purl="pkg:npm/a@1")]}
    content = document({"cve": "CVE-1", "product_status": {"fixed": ["A"]}}, tree=tree, status="draft")
    run, results, (made,) = read(content)
    assert (len(results), made.about) == (1, ())
    assert "draft" in str(run.remark)


def test_later_version_is_read_with_its_names():
    tree = {"full_product_names": [product("A", purls=["pkg:npm/a@1", "pkg:npm/b@1"])]}
    metric = {"products": ["A"], "content": {"cvss_v4": {"baseScore": 9.3, "baseSeverity": "CRITICAL"}}}
    content = document({"cve": "CVE-1", "product_status": {"known_affected": ["A"]}, "metrics": [metric]}, tree=tree)
    content["document"]["csaf_version"] = "2.1"
    run, (result,), (made,) = read(content)
    assert (result.rating, made.about) == ("critical", (("pkg:npm/a@1", ""), ("pkg:npm/b@1", "")))
    assert "version 2.1 of CSAF, which is later than 2.0" in str(run.remark)


def test_too_many_products_are_refused(monkeypatch):
    monkeypatch.setattr(csaf_products, "_MOST", 2)
    tree = {"full_product_names": [product(str(number)) for number in range(3)]}
    with pytest.raises(Unreadable, match="more than"):
        read(document(tree=tree))


@pytest.mark.parametrize("cut", range(30, 260, 40))
def test_cut_off_document_is_refused(cut):
    content = json.dumps(document({"cve": "CVE-1", "product_status": {"fixed": ["A"]}}))
    with pytest.raises(Unreadable):
        list(formats()["csaf"].read(io.BytesIO(content[:cut].encode()))[1])


STATUSES = {
    "known_affected": "fail",
    "known_not_affected": "pass",
    "fixed": "pass",
    "under_investigation": "informational",
}
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(sorted(STATUSES)), st.lists(NAMES, max_size=4, unique=True)), max_size=4
)


@given(rows=ROWS)
def test_any_advisory_is_read_back(rows):
    content = document(*({"cve": f"CVE-{number}", "product_status": row} for number, row in enumerate(rows)))
    _, results, _ = read(content)
    expected = {
        (f"CVE-{number}", product, STATUSES[status])
        for number, row in enumerate(rows)
        for status, products in row.items()
        for product in products
    }
    assert {(result.check, result.target, result.outcome) for result in results} == expected
