"""Catalogues that the organisation follows; others are for reference."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from access.permissions import BUILT_IN
from audits.planning import plan_audit
from controls.browse import lookup
from controls.errors import NotPossible
from controls.load import load
from models.transaction import reading, writing
from readiness import readiness
from readiness.status import audit_verdict
from tests.controls.conftest import START

DAY = date(2027, 1, 4)


def followed(engine):
    with reading(engine) as session:
        return [row.key for row in lookup.catalogues(session, BUILT_IN) if row.followed]


def judged(engine, known):
    with reading(engine) as session:
        return sorted(readiness(session, BUILT_IN, DAY, known).controls)


def load_at(definitions, engine, moment):
    with writing(engine, moment) as (session, now):
        load(session, BUILT_IN, now, definitions.folder)


def test_catalogues_are_followed_by_default(definitions, engine):
    definitions.edit("nen", "  position: 2", "  position: 2\n  followed: false")
    definitions.load(engine)
    assert followed(engine) == ["iso"]
    assert {key.split(":")[0] for key in judged(engine, START)} == {"iso"}


def test_statement_can_name_the_followed_catalogues(definitions, engine):
    definitions.edit("nen", "  position: 2", "  position: 2\n  followed: false")
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    definitions.load(engine)
    assert followed(engine) == ["nen"]


def test_leaving_a_catalogue_does_not_change_what_was_known_before(definitions, engine):
    definitions.load(engine)
    before = judged(engine, START)
    definitions.edit("statement", "requirements:", "catalogues: [iso]\nrequirements:")
    later = START + timedelta(days=1)
    load_at(definitions, engine, later)
    assert {key.split(":")[0] for key in judged(engine, later)} == {"iso"}
    assert judged(engine, START) == before


def test_audit_is_not_ready_without_a_catalogue_of_its_criteria(definitions, engine):
    definitions.edit("statement", "requirements:", "catalogues: [iso]\nrequirements:")
    definitions.load(engine)
    with reading(engine) as session:
        whole = readiness(session, BUILT_IN, DAY, START)
    shown = {key: replace(row, status="demonstrated") for key, row in whole.controls.items()}
    whole = replace(whole, controls=shown)
    assert audit_verdict(whole, ["iso"]).ready
    both = audit_verdict(whole, ["iso", "nen"])
    assert (both.ready, both.not_followed) == (False, ("nen",))


def test_control_does_not_rely_on_a_catalogue_that_is_not_followed(definitions, engine):
    definitions.load(engine)
    with reading(engine) as session:
        assert readiness(session, BUILT_IN, DAY, START).controls["nen:8.24"].status == "missing"
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    later = START + timedelta(days=1)
    load_at(definitions, engine, later)
    with reading(engine) as session:
        assert readiness(session, BUILT_IN, DAY, later).controls["nen:8.24"].status == "unknown"


def test_audit_of_a_catalogue_that_is_not_followed_is_refused(definitions, engine):
    definitions.edit("statement", "requirements:", "catalogues: [iso]\nrequirements:")
    definitions.load(engine)
    with writing(engine, START) as (session, now), pytest.raises(NotPossible, match="does not follow nen"):
        plan_audit(session, BUILT_IN, "a", "Audit", DAY, DAY, DAY, ["iso", "nen"], ["portal"], now)
