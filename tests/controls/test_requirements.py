"""Which evidence requirements are asked: those of controls by default, unless a statement says otherwise."""

import pytest
from sqlalchemy import select, update

from access.permissions import BUILT_IN
from controls.browse import lookup
from controls.errors import WrongFile
from controls.load import read_all
from models.rows import table
from models.transaction import reading, writing
from tests.controls.conftest import START


def asked(definitions):
    return {key: (one.measure, one.control) for key, one in read_all(definitions.folder).requirements.items()}


ALL = {
    "policy-approved": (None, "iso:A.5.1"),
    "key-list": (None, "iso:A.8.24"),
    "tls-scan": ("tls", None),
    "crypto-policy": (None, "iso:A.8.24"),
}


def test_controls_ask_by_default(definitions):
    assert asked(definitions) == ALL


def test_a_measure_takes_what_it_requires(definitions):
    definitions.edit("statement", "    evidence:", "    requires: [key-list]\n    evidence:")
    assert asked(definitions) == ALL | {"key-list": ("tls", None)}


def test_a_statement_defines_otherwise_under_the_same_key(definitions):
    definitions.edit("statement", "- key: crypto-policy", "- key: key-list")
    definitions.edit("statement", "kind: record", "kind: register")
    found = read_all(definitions.folder).requirements
    assert "crypto-policy" not in found
    assert found["key-list"].entry.title.en == "Cryptography policy"


def test_a_statement_does_without_and_says_why(definitions):
    without = "without: [{requirement: key-list, because: {nl: Geen, en: None}}]\nrequirements:"
    definitions.edit("statement", "requirements:", without)
    assert asked(definitions) == {key: one for key, one in ALL.items() if key != "key-list"}


def test_what_is_asked_and_done_without_is_refused(definitions):
    without = "without: [{requirement: key-list, because: {nl: Geen, en: None}}]\nrequirements:"
    definitions.edit("statement", "requirements:", without)
    definitions.edit("statement", "    evidence:", "    requires: [key-list]\n    evidence:")
    with pytest.raises(WrongFile, match="a statement asks for key-list as well"):
        read_all(definitions.folder)


def test_without_any_statement_the_controls_still_ask(definitions, engine):
    definitions.path("statement").unlink()
    assert asked(definitions) == {key: ALL[key] for key in ("policy-approved", "key-list")}
    definitions.load(engine)
    with reading(engine) as session:
        found = lookup.requirements(session, BUILT_IN, START)
    assert [(one.key, one.documented, one.team) for one in found] == [
        ("policy-approved", True, "security"),
        ("key-list", False, "security"),
    ]


def test_a_catalogue_that_is_not_followed_asks_nothing(definitions):
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    assert asked(definitions) == {key: ALL[key] for key in ("tls-scan", "crypto-policy")}


def test_a_requirement_that_goes_to_a_measure_is_a_new_version(definitions, engine):
    definitions.load(engine)
    definitions.edit("statement", "    evidence:", "    requires: [key-list]\n    evidence:")
    assert definitions.load(engine).tables["evidence_requirement"].changed == 1
    requirement = table("evidence_requirement")
    with reading(engine) as session:
        versions = select(requirement.c.measure, requirement.c.control).where(requirement.c.key == "key-list")
        assert [tuple(row) for row in session.execute(versions.order_by(requirement.c.id))] == [
            (None, "iso:A.8.24"),
            ("tls", None),
        ]


def test_nothing_that_was_asked_is_rewritten(definitions, engine):
    definitions.load(engine)
    requirement = table("evidence_requirement")
    with pytest.raises(Exception, match="append-only"), writing(engine, START) as (session, _):
        session.execute(update(requirement).values(team=None))
