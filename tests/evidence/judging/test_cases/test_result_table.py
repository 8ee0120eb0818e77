"""Tables of test results: headings and words in both languages, what passes and what does not, systems and days."""

import csv
import io
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, read_file, recognise
from evidence.formats.tables.heading_comparison import plain
from evidence.formats.values import ERROR, FAIL, INFORMATIONAL, NOT_APPLICABLE, NOT_EVALUATED, PASS, SKIPPED
from evidence.judging.policies import policies
from evidence.judging.table_mapping import NOTHING, Systems, TableMapping
from evidence.judging.test_cases.result_table import columns, read_table
from evidence.judging.values import DoesNotFit, JudgeContext
from models.calendar import Calendar

CALENDAR = Calendar.in_zone("Europe/Amsterdam")
AS_OF = date(2027, 3, 3)
HEADS = ("Controle", "Uitslag")


def written(*rows, heads=HEADS):
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows([heads, *rows])
    return target.getvalue().encode()


def rows_of(content):
    run, rows = read_file(recognise(content) or formats()["csv"], io.BytesIO(content), lambda names: (False, 0))
    return run, list(rows)


def table(content, mapping=NOTHING):
    run, rows = rows_of(content)
    return read_table(run, lambda: rows, CALENDAR, mapping, shown=1_000)


def proposal(content, mapping=NOTHING, declared=()):
    run, rows = rows_of(content)
    systems = Systems(declared, {"portal": "portal", "website": "website", "publieke site": "website"})
    return policies()["junit"].propose(run, lambda: rows, CALENDAR, mapping, systems, is_final=False)


def judged(content, *systems, mapping=NOTHING, policy="junit"):
    """The verdict and its failing checks by system, with the warnings."""
    read = table(content, mapping)
    judge = policies()[policy].judge(read.run, JudgeContext(AS_OF, CALENDAR, systems=list(systems)))
    for result in read.first:
        judge.add_result(result)
    verdicts = judge.verdicts()
    named = {key: (each.verdict, [check for check, _ in each.failing]) for key, each in verdicts.items()}
    return named, " ".join(map(str, judge.warnings))


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        *((word, PASS) for word in ("Geslaagd", "PASS", "passed", "OK", "oké", "Voldoet", "in orde", " goed ")),
        *((word, FAIL) for word in ("gezakt", "NOK", "Niet OK", "failed", "mislukt", "niet geslaagd", "voldoet niet")),
        *((word, NOT_APPLICABLE) for word in ("n.v.t.", "nvt", "N/A", "niet van toepassing")),
        *((word, SKIPPED) for word in ("overgeslagen", "Niet getest", "not run", "skipped", "")),
        *((word, ERROR) for word in ("error", "storing")),
        ("info", INFORMATIONAL),
        *((word, NOT_EVALUATED) for word in ("geslaagd?", "ok, maar", "x", "ja", "1", "✓", "blocked", "groen")),
    ],
)
def test_outcome_is_that_of_a_known_word_alone(word, outcome):
    read = table(written(("a", "geslaagd"), ("b", word)))
    assert [result.outcome for result in read.first] == [PASS, outcome]
    assert read.run.complete == (outcome != NOT_EVALUATED)


def test_unknown_word_leaves_no_verdict_until_a_person_says_what_it_means():
    content = written(("a", "geslaagd"), ("b", "paars"))
    assert judged(content) == ({"": ("none", [])}, str(table(content).run.remark))
    assert "row" in str(table(content).run.remark)
    assert "3" in str(table(content).run.remark)
    proposed = proposal(content)
    assert proposed.asks
    assert proposed.mapping.values == {"result": {"paars": None}}
    mapped = {meaning: TableMapping(values={"result": {"paars": meaning}}) for meaning in (PASS, FAIL)}
    assert judged(content, mapping=mapped[PASS])[0] == {"": ("pass", [])}
    assert judged(content, mapping=mapped[FAIL])[0] == {"": ("fail", ["b"])}
    refused = TableMapping(values={"result": {"paars": None}})
    assert judged(content, mapping=refused)[0] == {"": ("none", [])}


@pytest.mark.parametrize("word", ["gezakt", "n.v.t.", "overgeslagen"])
def test_mapping_does_not_change_the_meaning_of_a_known_word(word):
    content = written(("a", "geslaagd"), ("b", word))
    mapping = TableMapping(values={"result": {word: PASS}})
    assert Counter(each.outcome for each in table(content, mapping).first)[PASS] == 1


@pytest.mark.parametrize("rows", [[], [("a", "")], [("a", "n.v.t.")], [("a", "niet getest")]])
def test_nothing_that_ran_proves_nothing(rows):
    assert judged(written(*rows))[0] == {"": ("none", [])}


def test_empty_outcome_is_told_and_counts_as_not_run():
    read = table(written(("a", "ok"), ("b", "")))
    assert read.counts == {PASS: 1, SKIPPED: 1}
    assert "no outcome" in str(read.points[0])


def test_headings_of_both_languages_are_recognised_and_others_proposed():
    assert not proposal(written(("a", "ok", "portal", "2027-03-01"), heads=("Check", "Result", "System", "Date"))).asks
    proposed = proposal(written(("a", "ok"), ("b", "nok"), heads=("Controle", "Bevinding van de test ok of nok")))
    assert proposed.asks
    assert not proposal(written(("a", "ok"), heads=HEADS)).missing
    remarks = proposal(written(("a", "b"), heads=("Remark", "Note")))
    assert [column.key for column in remarks.missing] == ["check", "result"]
    assert proposal(written(("a", "b"), heads=("Foo", "Bar"))).asks
    with pytest.raises(DoesNotFit, match="result"):
        table(written(("a", "b"), heads=("Controle", "Kleur")))


def test_columns_that_hold_people_are_proposed_to_be_left_out():
    people = ("Jan Jansen", "Petra de Vries", "Kees de Boer")
    rows = [(f"check {n}", "ok", name) for n, name in enumerate(people)]
    assert proposal(written(*rows, heads=(*HEADS, "Tester"))).mapping.personal == {"Tester": "leave out"}


def test_severity_target_and_message_are_kept():
    heads = ("Test", "Resultaat", "Ernst", "Doel", "Toelichting")
    (result,) = table(written(("a", "gezakt", "Hoog", "https://portal.example.nl/x", "403"), heads=heads)).first
    assert (result.severity, result.rating, result.target, result.message) == (
        "Hoog", "high", "https://portal.example.nl/x", "403",
    )  # fmt: skip


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2027-03-01", "03-03-2027"), (date(2027, 3, 1), date(2027, 3, 3))),
        (("2027-03-01T23:30:00Z", "2027-03-01"), (date(2027, 3, 1), date(2027, 3, 2))),  # of the organisation's zone
        (("2027-03-01", ""), None),
        (("2027-03-01", "vorige week"), None),
        (("", ""), None),
    ],
)
def test_run_has_the_days_of_its_rows_if_every_check_that_ran_has_one(days, expected):
    content = written(*((name, "ok", day) for name, day in zip("ab", days, strict=True)), heads=(*HEADS, "Datum"))
    read = table(content).run
    assert (tuple(moment.date() for moment in read.moments) or None) == expected


def test_row_that_did_not_run_needs_no_day():
    read = table(written(("a", "ok", "2027-03-01"), ("b", "n.v.t.", ""), heads=(*HEADS, "Datum")))
    assert read.run.started_at.date() == date(2027, 3, 1)


# ── Systems ──────────────────────────────────────────────────────────────────────────────────────────────────────────

BOTH = written(("a", "ok", "portal"), ("b", "gezakt", "Publieke site"), heads=(*HEADS, "Systeem"))


def test_results_count_for_the_system_that_their_row_names():
    mapping = proposal(BOTH, declared=("portal", "website")).mapping.without_gaps()
    verdicts, _ = judged(BOTH, "portal", "website", mapping=mapping)
    assert verdicts == {"portal": ("pass", []), "website": ("fail", ["b"])}
    verdicts, warnings = judged(BOTH, "portal", mapping=mapping)
    assert verdicts == {"": ("pass", [])}
    assert "website" in warnings
    assert judged(BOTH, mapping=mapping)[0] == {"": ("fail", ["b"])}  # of the organisation


def test_table_without_systems_counts_for_every_declared_one():
    content = written(("a", "ok"), ("b", "gezakt"))
    assert judged(content, "portal", "website")[0] == {"portal": ("fail", ["b"]), "website": ("fail", ["b"])}


@pytest.mark.parametrize(("word", "expected"), [("ok", ("none", [])), ("gezakt", ("fail", ["b"]))])
def test_row_with_an_empty_system_passes_for_none_and_fails_for_all(word, expected):
    content = written(("a", "ok", "website"), ("b", word, ""), heads=(*HEADS, "Systeem"))
    verdicts, warnings = judged(content, "portal")
    assert verdicts == {"": expected}
    assert "without a system: 1" in warnings


# ── What must be covered ─────────────────────────────────────────────────────────────────────────────────────────────


def test_columns_of_properties_cover_what_a_policy_asks_and_the_name_of_a_check_does_too():
    levels = ("anonymous", "wrong-role", "right-role")
    rows = [(f"pagina {level}", "ok", "/dossier", level) for level in levels]
    heads = (*HEADS, "Pagina", "Niveau")
    assert judged(written(*rows, heads=heads), policy="access-control-tests")[0] == {"": ("pass", [])}
    assert judged(written(*rows[:2], heads=heads), policy="access-control-tests")[0] == {"": ("none", [])}
    checks = [(name, "ok") for name in ("port-80", "hsts", "cookies")]
    assert judged(written(*checks), policy="https-by-default")[0] == {"": ("pass", [])}


# ── Any table ────────────────────────────────────────────────────────────────────────────────────────────────────────

RESULT = next(column for column in columns().columns if column.key == "result")
WORDS = {word: value for value, spellings in RESULT.values.items() for word in (value, *spellings)}
NAMES = st.text("abcdefgh -", min_size=1, max_size=12).filter(lambda name: name.strip(" -"))


@given(st.lists(st.tuples(NAMES, st.sampled_from(sorted(WORDS))), max_size=12))
def test_every_row_with_a_known_word_is_read_back(rows):
    read = table(written(*rows))
    assert read.counts == Counter(WORDS[word] for _, word in rows)
    assert [result.position for result in read.first] == list(range(1, len(rows) + 1))


ANY = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=20) | st.sampled_from(sorted(WORDS))


@given(st.lists(st.tuples(NAMES, ANY), max_size=8))
def test_nothing_passes_by_a_word_that_is_not_known(rows):
    known = {plain(word) for word, value in WORDS.items() if value == PASS}
    passed = [result for result in table(written(*rows)).first if result.outcome == PASS]
    assert len(passed) <= sum(1 for _, word in rows if plain(word) in known)
