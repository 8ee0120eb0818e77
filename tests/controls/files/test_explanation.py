"""Explanations in the table, and on the way to whoever reads them."""

from access.permissions import BUILT_IN
from controls.browse import lookup
from models.transaction import reading


def explanation(engine, key):
    with reading(engine) as session:
        return lookup.control(session, BUILT_IN, key).explanation


def test_a_control_comes_with_its_explanation(definitions, engine):
    assert definitions.load(engine).tables["explanation"].added == 2
    found = explanation(engine, "iso:A.5.1")
    assert (found.purpose_nl, found.purpose_en, found.adds_nl, found.shown_en) == ("Waarom", "Why", "", "This")
    assert [(point.kind, point.nl, point.en) for point in found.looks_for] == [
        ("asks", "Een vraag", "A question"),
        ("samples", "Een steekproef", "A sample"),
        ("fails", "Een fout", "A fault"),
    ]
    assert explanation(engine, "iso:A.8.24").adds_en == "More"
    assert explanation(engine, "nen:8.24") is None


def test_words_follow_the_file(definitions, engine):
    definitions.load(engine)
    definitions.edit("explanations", "{nl: Waarom, en: Why}", "{nl: Daarom, en: Because}")
    change = definitions.load(engine).tables["explanation"]
    assert (change.added, change.changed, change.retired) == (0, 1, 0)
    assert explanation(engine, "iso:A.5.1").purpose_nl == "Daarom"


def test_an_explanation_that_is_gone_is_no_longer_shown(definitions, engine):
    definitions.load(engine)
    definitions.path("explanations").unlink()
    assert definitions.load(engine).tables["explanation"].retired == 2
    assert explanation(engine, "iso:A.5.1") is None
