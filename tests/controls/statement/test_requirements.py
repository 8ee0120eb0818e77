"""Which evidence requirements apply: the defaults of controls, unless a statement replaces or drops them."""

import pytest
from sqlalchemy import select, update

from access.permissions import BUILT_IN
from controls.browse import lookup
from controls.errors import WrongFile
from controls.load import read_all
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.controls.conftest import START


def required(definitions):
    return {
        key: (requirement.measure, requirement.control)
        for key, requirement in read_all(definitions.folder).requirements.items()
    }


ALL = {
    "policy-approved": (None, "iso:A.5.1"),
    "key-list": (None, "iso:A.8.24"),
    "tls-scan": ("tls", None),
    "crypto-policy": (None, "iso:A.8.24"),
}


def test_requirements_of_controls_apply_by_default(definitions):
    assert required(definitions) == ALL


def test_required_default_belongs_to_its_measure(definitions):
    definitions.edit("statement", "    evidence:", "    requires: [key-list]\n    evidence:")
    assert required(definitions) == ALL | {"key-list": ("tls", None)}


def test_statement_replaces_a_default_with_the_same_key(definitions):
    definitions.edit("statement", "- key: crypto-policy", "- key: key-list")
    definitions.edit("statement", "kind: record", "kind: register")
    requirements = read_all(definitions.folder).requirements
    assert "crypto-policy" not in requirements
    assert requirements["key-list"].entry.title.en == "Cryptography policy"


def test_statement_can_drop_a_default_with_a_reason(definitions):
    without = "without: [{requirement: key-list, because: {nl: Geen, en: None}}]\nrequirements:"
    definitions.edit("statement", "requirements:", without)
    assert required(definitions) == {key: owner for key, owner in ALL.items() if key != "key-list"}


def test_requiring_and_dropping_the_same_default_is_refused(definitions):
    without = "without: [{requirement: key-list, because: {nl: Geen, en: None}}]\nrequirements:"
    definitions.edit("statement", "requirements:", without)
    definitions.edit("statement", "    evidence:", "    requires: [key-list]\n    evidence:")
    with pytest.raises(WrongFile, match="a statement also requires key-list"):
        read_all(definitions.folder)


def test_defaults_apply_without_any_statement(definitions, engine):
    definitions.path("statement").unlink()
    assert required(definitions) == {key: ALL[key] for key in ("policy-approved", "key-list")}
    definitions.load(engine)
    with reading(engine) as session:
        requirements = lookup.requirements(session, BUILT_IN, START)
    assert [(row.key, row.documented, row.team) for row in requirements] == [
        ("policy-approved", True, "security"),
        ("key-list", False, "security"),
    ]


def test_defaults_of_a_catalogue_that_is_not_followed_do_not_apply(definitions):
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    assert required(definitions) == {key: ALL[key] for key in ("tls-scan", "crypto-policy")}


def test_moving_a_requirement_to_a_measure_records_a_new_version(definitions, engine):
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


def test_recorded_requirements_cannot_be_changed(definitions, engine):
    definitions.load(engine)
    requirement = table("evidence_requirement")
    with pytest.raises(Exception, match="append-only"), writing(engine, START) as (session, _):
        session.execute(update(requirement).values(team=None))
