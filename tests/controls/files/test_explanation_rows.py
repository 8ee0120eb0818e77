"""Explanations are loaded into the table and shown with their control."""

from access.permissions import BUILT_IN
from controls.browse import lookup
from models.transaction import reading


def explanation(engine, key):
    with reading(engine) as session:
        return lookup.control(session, BUILT_IN, key).explanation


def test_control_has_its_explanation(definitions, engine):
    assert definitions.load(engine).tables["explanation"].added == 2
    loaded = explanation(engine, "iso:A.5.1")
    assert (loaded.purpose_nl, loaded.purpose_en, loaded.adds_nl, loaded.shown_en) == ("Waarom", "Why", "", "This")
    assert [(point.kind, point.nl, point.en) for point in loaded.looks_for] == [
        ("asks", "Een vraag", "A question"),
        ("samples", "Een steekproef", "A sample"),
        ("fails", "Een fout", "A fault"),
    ]
    assert explanation(engine, "iso:A.8.24").adds_en == "More"
    assert explanation(engine, "nen:8.24") is None


def test_changed_explanation_is_updated(definitions, engine):
    definitions.load(engine)
    definitions.edit("explanations", "{nl: Waarom, en: Why}", "{nl: Daarom, en: Because}")
    change = definitions.load(engine).tables["explanation"]
    assert (change.added, change.changed, change.retired) == (0, 1, 0)
    assert explanation(engine, "iso:A.5.1").purpose_nl == "Daarom"


def test_removed_explanation_is_not_shown(definitions, engine):
    definitions.load(engine)
    definitions.path("explanations").unlink()
    assert definitions.load(engine).tables["explanation"].retired == 2
    assert explanation(engine, "iso:A.5.1") is None
