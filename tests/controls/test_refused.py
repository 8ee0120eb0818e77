"""Every invalid file is refused with its name, the line and what was expected; nothing is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from controls.errors import WrongFile
from controls.files.requirement_file import _renewal
from controls.files.yaml_source import Unexpected
from controls.load import read_all
from models.bulk_changes import table
from models.durations import NotADuration, parse
from models.transaction import reading


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        # catalogues
        ("iso", "ref: A.8.24", "ref: A.5.1", "the ref A.5.1 is already in this catalogue"),
        ("nen", 'ref: "8.35"', 'ref: "8.24"', "the ref 8.24 is already in this catalogue"),
        ("iso", "theme: organizational", "theme: organisational", "expected one of organizational, people"),
        ("iso", "kind: clause, theme: evaluation", "kind: clause, theme: people", "does not fit; expected one of context"),
        ("iso", "{nl: Beleid, en: Policies}", "{nl: Beleid}", "translation en is missing"),
        ("iso", "{nl: Beleid, en: Policies}", "{nl: Beleid, en: ''}", "en: expected a text, not an empty value"),
        ("iso", "{nl: Beleid, en: Policies}", "Beleid", "title: expected a group of fields"),
        ("iso", "kind: clause", "kind: chapter", "'chapter' is unknown; expected one of control, clause"),
        ("iso", "[preventive]", "[preventing]", "'preventing' is unknown; expected one of preventive, detective"),
        ("iso", "[preventive]", "preventive", "type: expected a list"),
        ("iso", "key: iso", "key: isoo", "the key differs from the file's name; expected iso"),
        ("iso", "position: 1", "position: first", "position: expected a whole number"),
        ("iso", "position: 1", "positoin: 1", "positoin is not a known field here"),
        ("nen", "healthcare: hlt", "healthcare: care", "expected one of none, unknown, guidance, requirement, hlt"),
        ("nen", "disputed: true", "disputed: perhaps", "expected true or false"),
        # explanations
        ("explanations", "ref: A.5.1", "ref: A.5.2", "iso:A.5.2 is not in any catalogue"),
        ("explanations", "ref: A.8.24", "ref: A.5.1", "iso:A.5.1 is already explained in all.yaml"),
        ("explanations", "catalogue: iso", "catalogue: nen", "differs from the folder's name; expected iso"),
        ("explanations", "- samples: {nl: Een steekproef, en: A sample}", "- tests: {nl: A, en: B}", "tests is not a known field here"),
        ("explanations", "- samples: {nl: Een steekproef, en: A sample}", "- {}", "expected exactly one of asks, samples, fails"),
        ("explanations", "    looks_for:\n      - asks: {nl: Een vraag, en: A question}\n", "    looks_for:\n", "looks_for: expected 3 to 6 points"),
        ("explanations", "key: key-list", "key: policy-approved", "the evidence requirement policy-approved is already in all.yaml"),
        ("explanations", "P7M\n        scope: system\n        team: security", "P7M\n        scope: system\n        team: sales", "sales is not a team; expected one of security"),
        ("explanations", "documented: true", "documented: yes", "expected true or false"),
        ("teams", "[{key: security,", "[{key: security, title: {nl: A, en: B}}, {key: security,", "security is already used here"),
        # crosswalks
        ("crosswalk", "relation: equal", "relation: same", "expected one of equal, superset, subset, intersects"),
        ("crosswalk", "to: A.5.1,", "to: A.5.99,", "iso:A.5.99 is not in any catalogue"),
        ("crosswalk", '{from: "5.10", relation', '{from: "5.1", relation', "nen:5.1 is not in any catalogue"),
        ("crosswalk", "source: [us, list]", "source: [us, lists]", "lists is not a source of this file; expected one of us, list"),
        ("crosswalk", "source: [us, list]", "source: []", "is not a source of this file; expected one of us, list"),
        ("crosswalk", ", source: [us]}", "}", "source is missing"),
        ("crosswalk", "https://example.org", "example.org", "expected an address that begins with https://"),
        ("crosswalk", "{from: nen, to: iso}", "{from: iso, to: nen}", "expected from--to: nen--iso"),
        ("crosswalk", '{from: "8.24", relation: equal, to: A.8.24,', '{from: "5.10", relation: equal, to: A.5.1,', "already related"),
        # statements
        ("statement", "effective: 2020-02-29", "effective: 2021-02-29", "expected a day, such as 2018-05-24"),
        ("statement", "effective: 2020-02-29", "effective: 1582934400", "expected a day"),
        ("statement", "text: promise.md", "text: ../promise.md", "expected the name of a Markdown file beside this one"),
        ("statement", "text: promise.md", "text: other.md", "other.md does not exist"),
        ("statement", "language: nl", "language: de", "expected one of nl, en"),
        ("statement", "source: https:", "source: javascript:", "expected an address that begins with https://"),
        ("statement", "{key: website,", "{key: portal,", "portal is already used here"),
        ("statement", "- key: testing", "- key: tls", "tls is already used here"),
        ("statement", "- key: crypto-policy", "- key: tls-scan", "tls-scan is already used here"),
        ("statement", 'control: "nen:8.24"', 'control: "iso:A.8.24"', "iso:A.8.24 is already used here"),
        ("statement", 'control: "nen:8.24"', 'control: "nen:8.99"', "nen:8.99 is not in any catalogue"),
        ("statement", 'control: "nen:8.24"', 'control: "8.24"', "expected a control with its catalogue"),
        ("statement", "- key: crypto-policy", "- key: policy-approved", "policy-approved belongs to iso:A.5.1"),
        ("statement", "requirements:", "catalogues: [iso, nan]\nrequirements:", "nan is not a catalogue; expected one of iso, nen"),
        ("statement", "    evidence:", "    requires: [policy-approved]\n    evidence:", "policy-approved belongs to iso:A.5.1; expected a primary mapping of tls to it"),
        ("statement", "    evidence:", "    requires: [key-lists]\n    evidence:", "key-lists is not an evidence requirement of a control"),
        ("statement", "    evidence:", "    requires: [key-list, key-list]\n    evidence:", "the evidence requirement key-list is already in promise.yaml"),
        ("statement", "      - key: tls-scan", "      - key: policy-approved", "policy-approved belongs to iso:A.5.1; expected a primary"),
        ("statement", "requirements:", "without: [{requirement: key-lists, because: {nl: A, en: B}}]\nrequirements:", "key-lists is not an evidence requirement of a control"),
        ("statement", "requirements:", "without: [{requirement: key-list}]\nrequirements:", "because is missing"),
        ("statement", '- key: crypto-policy\n    control: "iso:A.8.24"', '- key: crypto-policy\n    control: "iso:9.9"', "iso:9.9 is not in any catalogue"),
        ("statement", "Wij testen regelmatig én", "Wij testen regelmatig en", "occurs 0 times in promise.md; expected exactly once"),
        ("statement", "Wij testen regelmatig én melden dat.", "Be", "occurs 2 times in promise.md"),
        ("statement", "relation: primary", "relation: main", "expected one of primary, supporting"),
        ("statement", "kind: test", "kind: scan", "expected one of test, register, record"),
        ("statement", "renewal: P30D", "renewal: P0D", "'P0D' is not a renewal: expected an ISO 8601 duration of at least a day"),
        ("statement", "renewal: P30D", "renewal: 30 days", "expected an ISO 8601 duration"),
        ("statement", "renewal: P30D", "renewal: PT24H", "expected an ISO 8601 duration"),
        ("statement", "renewal: P30D", "renewal: P", "expected an ISO 8601 duration"),
        ("statement", "renewal: P30D", "renewal: P30D\n        until: content", "either renewal, or until: content"),
        ("statement", "until: content", "until: certificate", "expected one of content"),
        ("statement", "review: required", "review: automatic", "a record is never accepted automatically"),
        ("statement", "scope: target", "scope: organisation", "applies_to is about systems"),
        ("statement", "scope: target", "scope: host", "expected one of organisation, system, target"),
        ("statement", "applies_to: has-end-users", "applies_to: end-users", "expected one of has-end-users"),
        ("statement", "formats: [testssl]", "formats: []", "expected at least one format"),
        ("statement", "team: platform\n        review", "team: plaform\n        review", "plaform is not a team; expected one of platform"),
        ("statement", "policy: tls-ncsc-nl@2025-05", "policy: TLS policy", "expected a policy such as"),
    ],
)  # fmt: skip
def test_invalid_file_is_refused_with_its_line(definitions, name, old, new, expected):
    first = definitions.edit(name, old, new)
    with pytest.raises(WrongFile) as caught:
        read_all(definitions.folder)
    message = str(caught.value)
    lines = [f"{definitions.path(name).name}, line {first + n}: " for n in range(new.count("\n") + 4)]
    assert any(message.startswith(line) for line in lines), message
    assert expected in message


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("iso", "theme: organizational", "theme: odd"),
        ("iso", "{nl: Beleid, en: Policies}", "{nl: Beleid}"),
        ("crosswalk", "to: A.8.24", "to: A.8.99"),
        ("statement", "renewal: P30D", "renewal: P0D"),
        ("statement", "review: required", "review: automatic"),
    ],
)
def test_line_in_the_error_is_exact(definitions, name, old, new):
    line = definitions.edit(name, old, new)
    with pytest.raises(WrongFile, match=rf", line {line}: "):
        read_all(definitions.folder)


def test_changed_text_of_a_statement_is_refused(definitions):
    definitions.edit("text", "Bel ons.", "Bel ons maar.")
    with pytest.raises(WrongFile, match=r"promise.yaml, line 4: the SHA-256 of promise.md is [0-9a-f]{64}"):
        read_all(definitions.folder)


def test_folder_without_catalogues_is_refused(tmp_path):
    with pytest.raises(WrongFile, match="no catalogue"):
        read_all(tmp_path)


def test_measure_in_two_statements_is_refused(definitions):
    other = definitions.path("statement").read_text().replace("key: promise", "key: second")
    (definitions.folder / "statements/second.yaml").write_text(other)
    with pytest.raises(WrongFile, match=r"second.yaml, line 16: tls is already in promise.yaml"):
        read_all(definitions.folder)


OTHER_WAY = """\
crosswalk: {{from: iso, to: nen}}
sources: [{{key: us, title: {{nl: Wij, en: Us}}}}]
relations:
  - {{from: A.5.1, relation: {relation}, to: "{to}", source: [us]}}
"""


@pytest.mark.parametrize("relation", ["superset", "equal"])
def test_pair_in_a_reversed_crosswalk_is_refused(definitions, relation):
    (definitions.folder / "crosswalks/iso--nen.yaml").write_text(OTHER_WAY.format(relation=relation, to="5.10"))
    with pytest.raises(WrongFile) as caught:
        read_all(definitions.folder)
    assert str(caught.value) == (
        "nen--iso.yaml, line 6: nen:5.10 and iso:A.5.1 are already related in iso--nen.yaml; "
        "expected one row for the pair."
    )


def test_reversed_crosswalk_can_relate_other_pairs(definitions):
    (definitions.folder / "crosswalks/iso--nen.yaml").write_text(OTHER_WAY.format(relation="intersects", to="8.35"))
    assert len(read_all(definitions.folder).crosswalks) == 2


def test_refused_file_changes_nothing(definitions, engine):
    definitions.load(engine)
    definitions.edit("iso", "{nl: Cryptografie, en: Cryptography}", "{nl: Cryptografie, en: Crypto}")
    definitions.edit("statement", "relation: primary", "relation: main")
    with pytest.raises(WrongFile):
        definitions.load(engine)
    with reading(engine) as session:
        control, activity = table("control"), table("activity")
        assert (
            session.execute(select(control.c.title_en).where(control.c.key == "iso:A.8.24")).scalar_one()
            == "Cryptography"
        )
        assert session.execute(select(func.count()).select_from(activity)).scalar_one() == 1


@given(st.from_regex(r"\AP(\d{1,5}[YMWDH]){0,4}\Z") | st.text(alphabet="P0123456789YMWDT", max_size=8))
def test_accepted_renewals_are_those_that_can_be_parsed(renewal):
    def fits(check) -> bool:
        try:
            check(renewal)
        except (Unexpected, NotADuration):
            return False
        return True

    assert fits(_renewal) == fits(parse)
