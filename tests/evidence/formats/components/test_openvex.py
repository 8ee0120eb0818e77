"""OpenVEX: versions, identifiers, justifications and moments, and documents that are read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable
from evidence.formats.vex_statements import statement_of

MOMENT = "2026-11-20T09:00:00Z"


def document(*statements, **more):
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Duinroos", "timestamp": MOMENT}
    return {**head, "statements": list(statements), **more}


def read(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    assert recognise(content[:65_536]).NAME == "openvex"
    run, results = formats()["openvex"].read(io.BytesIO(content))
    results = list(results)
    return run, results, [statement_of(result) for result in results]


def statement(**fields):
    _, _, (made,) = read(document({"vulnerability": {"name": "CVE-1"}, "products": [], "status": "fixed", **fields}))
    return made


@pytest.mark.parametrize(
    ("product", "about"),
    [
        ("pkg:npm/a@1", [("pkg:npm/a@1", "")]),
        ({"@id": "pkg:npm/a@1"}, [("pkg:npm/a@1", "")]),
        ({"@id": "a", "identifiers": {"purl": "pkg:npm/a@1"}}, [("a", ""), ("pkg:npm/a@1", "")]),
        (
            {"@id": "pkg:oci/a@1", "subcomponents": [{"@id": "pkg:npm/b@1"}, "pkg:npm/c@1"]},
            [("pkg:oci/a@1", "pkg:npm/b@1"), ("pkg:oci/a@1", "pkg:npm/c@1")],
        ),
        ({"@id": "pkg:oci/a@1", "subcomponents": [{"hashes": {"sha-256": "00"}}]}, []),  # not of the whole product
        (7, [("7", "")]),
        (None, []),
        ([], []),
    ],
)
def test_products_and_the_components_in_them_are_read(product, about):
    assert statement(products=[product]).about == tuple(about)


def test_components_of_a_statement_before_0_2_are_of_each_product():
    made = statement(products=["pkg:oci/a@1", "pkg:oci/b@1"], subcomponents=["pkg:npm/c@1"])
    assert made.about == (("pkg:oci/a@1", "pkg:npm/c@1"), ("pkg:oci/b@1", "pkg:npm/c@1"))


@pytest.mark.parametrize(
    ("fields", "justification"),
    [
        ({"status": "not_affected", "justification": "component_not_present"}, "component_not_present"),
        ({"status": "not_affected", "justification": "because"}, ""),
        ({"status": "not_affected", "impact_statement": "Not called"}, "Not called"),
        ({"status": "not_affected", "impact_statement": "   "}, ""),
        ({"status": "not_affected", "impact_statement": "."}, ""),
        ({"status": "not_affected"}, ""),
        ({"status": "fixed", "justification": "component_not_present"}, ""),
    ],
)
def test_only_known_justifications_and_an_impact_count(fields, justification):
    assert statement(**fields).justification == justification


@pytest.mark.parametrize(
    ("fields", "moment", "since"),
    [
        ({}, MOMENT, MOMENT),
        ({"timestamp": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ({"last_updated": "2026-12-01T00:00:00Z"}, "2026-12-01T00:00:00Z", MOMENT),
    ],
)
def test_statement_has_the_moment_of_the_document_unless_it_has_its_own(fields, moment, since):
    made = statement(**fields)
    assert (made.moment, made.since) == (moment, since)


def test_document_never_shows_a_finished_scan():
    for content in (document(), document({"vulnerability": "a", "products": ["p"], "status": "fixed"})):
        run, _, _ = read(content)
        assert not run.complete
        assert "Upload the file of the scan" in str(run.remark)
        assert run.facts.only_statements


def test_later_version_is_read_and_told():
    run, results, _ = read(
        document({"vulnerability": "a", "status": "fixed"}, **{"@context": "https://openvex.dev/ns/v1.0"})
    )
    assert len(results) == 1
    assert "version 1.0 of OpenVEX, which is later than 0.2" in str(run.remark)


def test_document_within_an_attestation_is_read():
    attestation = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://openvex.dev/ns"}
    content = {**attestation, "predicate": document({"vulnerability": "a", "status": "fixed"})}
    _, results, (made,) = read(content)
    assert (results[0].check, made.author) == ("a", "Duinroos")


@pytest.mark.parametrize(
    "content",
    [b'{"author": "https://openvex.dev/ns"}', b'{"@context": "https://schema.org"}', b'["@context", "openvex.dev/ns"]'],
)
def test_other_documents_are_not_recognised(content):
    recognised = recognise(content)
    assert recognised is None or recognised.NAME != "openvex"


@pytest.mark.parametrize("cut", range(20, 200, 30))
def test_cut_off_document_is_refused(cut):
    content = json.dumps(document({"vulnerability": {"name": "CVE-1"}, "products": ["pkg:npm/a@1"], "status": "fixed"}))
    with pytest.raises(Unreadable):
        list(formats()["openvex"].read(io.BytesIO(content[:cut].encode()))[1])


STATUSES = {"not_affected": "pass", "fixed": "pass", "affected": "fail", "under_investigation": "informational"}
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
ROWS = st.lists(
    st.tuples(NAMES, st.sampled_from(sorted(STATUSES)), st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=2)),
    max_size=6,
)


@given(rows=ROWS, is_old=st.booleans())
def test_any_document_is_read_back(rows, is_old):
    content = document(
        *(
            {
                "vulnerability": name if is_old else {"name": name, "aliases": aliases},
                "products": products if is_old else [{"@id": product} for product in products],
                "status": status,
            }
            for name, status, products, aliases in rows
        )
    )
    _, results, statements = read(content)
    assert [(result.check, result.outcome) for result in results] == [(row[0], STATUSES[row[1]]) for row in rows]
    for (name, _, products, aliases), made in zip(rows, statements, strict=True):
        assert set(made.vulnerabilities) == {name, *([] if is_old else aliases)}
        assert set(made.about) == {(product, "") for product in products}
