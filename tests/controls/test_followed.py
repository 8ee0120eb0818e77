"""The catalogues that the organisation answers to; others are for reading."""

from datetime import date, timedelta

import pytest

from access.permissions import BUILT_IN
from audits.planning import plan_audit
from controls.browse import lookup
from controls.errors import NotPossible
from controls.load import load
from models.transaction import reading, writing
from readiness import readiness
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


def test_all_are_followed_that_do_not_say_otherwise(definitions, engine):
    definitions.edit("nen", "  position: 2", "  position: 2\n  followed: false")
    definitions.load(engine)
    assert followed(engine) == ["iso"]
    assert {key.split(":")[0] for key in judged(engine, START)} == {"iso"}


def test_a_statement_names_those_that_are_followed(definitions, engine):
    definitions.edit("nen", "  position: 2", "  position: 2\n  followed: false")
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    definitions.load(engine)
    assert followed(engine) == ["nen"]


def test_what_was_known_before_it_was_left_stays(definitions, engine):
    definitions.load(engine)
    before = judged(engine, START)
    definitions.edit("statement", "requirements:", "catalogues: [iso]\nrequirements:")
    later = START + timedelta(days=1)
    load_at(definitions, engine, later)
    assert {key.split(":")[0] for key in judged(engine, later)} == {"iso"}
    assert judged(engine, START) == before


def test_a_control_takes_nothing_over_from_a_catalogue_that_is_not_followed(definitions, engine):
    definitions.load(engine)
    with reading(engine) as session:
        assert readiness(session, BUILT_IN, DAY, START).controls["nen:8.24"].status == "missing"
    definitions.edit("statement", "requirements:", "catalogues: [nen]\nrequirements:")
    later = START + timedelta(days=1)
    load_at(definitions, engine, later)
    with reading(engine) as session:
        assert readiness(session, BUILT_IN, DAY, later).controls["nen:8.24"].status == "unknown"


def test_an_audit_is_about_catalogues_that_are_followed(definitions, engine):
    definitions.edit("statement", "requirements:", "catalogues: [iso]\nrequirements:")
    definitions.load(engine)
    with writing(engine, START) as (session, now), pytest.raises(NotPossible, match="does not follow nen"):
        plan_audit(session, BUILT_IN, "a", "Audit", DAY, DAY, DAY, ["iso", "nen"], ["portal"], now)
