"""How many promises of our own labelled statements are proposed, and how many proposals are wrong (promises/README.md)."""

from collections import Counter
from pathlib import Path

import pytest

from controls.statement.known_measures import read_lexicon
from controls.statement.proposed_promises import language_of, proposals

FOLDER = Path(__file__).with_name("promises")


def labelled(path):
    """The text of a statement, and each sentence with its label."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [(label, words) for label, separator, words in (line.partition(" | ") for line in lines) if separator]
    return "".join(_paragraph(line.partition(" | ")[2] or line) for line in lines), rows


def _paragraph(line):
    """Rows of a table and items of a list are adjacent; other lines are paragraphs of their own."""
    return f"{line}\n" if line.startswith(("|", "- ")) else f"\n{line}\n\n"


def figures(pattern, language):
    """Counts of promises, of those found and with the right measure first, of proposals and of wrong ones.

    A promise is found if its sentence is proposed with a right measure, or without any. A proposal is wrong if its
    sentence promises nothing, or not what its measure says.
    """
    counts = Counter()
    for path in FOLDER.glob(pattern):
        text, rows = labelled(path)
        result = proposals(text, language).proposals
        counts["proposals"] += len(result)
        for label, words in rows:
            right = set(label.split(",")) - {"-", "?"}
            proposed = next((each for each in result if words in each.quote or each.quote in words), None)
            counts["promises"] += bool(right)
            if proposed is None:
                continue
            is_right = proposed.measure in right or (not proposed.measure and label != "-")
            counts["found"] += bool(right) and is_right
            counts["right measure"] += proposed.measure in right
            counts["wrong"] += not is_right
    return counts


@pytest.mark.parametrize("language", ["nl", "en"])
def test_promises_are_found(language):
    """Of the statements by which the words were chosen: at least 95 % found, at most 5 % wrong."""
    counts = figures(f"{language}-*.txt", language)
    assert counts["promises"] >= 400
    assert counts["found"] >= 0.95 * counts["promises"]
    assert counts["wrong"] <= 0.05 * counts["proposals"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", {"promises": 63, "found": 56, "right measure": 50, "proposals": 62, "wrong": 4}),
        ("en", {"promises": 63, "found": 58, "right measure": 47, "proposals": 64, "wrong": 3}),
    ],
)
def test_figures_of_statements_that_were_not_used_to_choose_the_words(language, expected):
    """The figures that docs/proposals.md states; change both when words change."""
    assert dict(figures(f"blind-{language}-*.txt", language)) == expected


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_language_of_each_statement_is_recognised(path):
    assert language_of(labelled(path)[0]) == ("nl" if "nl-" in path.stem else "en")


@pytest.mark.parametrize(
    ("words", "code"),
    [("All traffic is encrypted with TLS.", "en"), ("Al het verkeer is versleuteld met TLS.", "nl")],
)
def test_language_of_a_short_text_is_recognised(words, code):
    assert language_of(words) == code


def test_labels_are_known_measures():
    known = {measure.key for measure in read_lexicon("en").measures} | {"-", "?"}
    labels = {label for path in FOLDER.glob("*.txt") for labels, _ in labelled(path)[1] for label in labels.split(",")}
    assert labels <= known


def best(words, language="en"):
    result = proposals(words, language).proposals
    return result[0].measure if result else None


@pytest.mark.parametrize(
    ("words", "language", "measure"),
    [
        ("All data is removed within 30 days after the contract ends.", "en", "retention"),
        ("Alle gegevens worden binnen 30 dagen verwijderd.", "nl", "retention"),
        ("We fix vulnerabilities within 30 days.", "en", "patching"),
        ("Nothing leaves this building without your agreement.", "en", ""),
        ("We do our best to prevent incidents within 30 days.", "en", None),
        ("A backup is a copy.", "en", None),
        ("Gegevensdragers zijn voorzien van encryptie.", "nl", "stored-data-encryption"),
        ("Er wordt bijgehouden wie wanneer het dossier heeft ingezien.", "nl", "login-logging"),
        ("Verlaat iemand ons bedrijf, dan trekken wij zijn toegang dezelfde dag in.", "nl", "account-deactivation"),
        ("Wij leven de privacywetgeving na.", "nl", "legal-compliance"),
        ("Elke ouder krijgt bij de start een rondleiding.", "nl", None),
        ("Het dagelijks bestuur is verantwoordelijk.", "nl", None),
        ("## Hoe lang?\n\n| Gegevens | Bewaartermijn |\n|---|---|\n| Facturen | 7 jaar |\n", "nl", "retention"),
        ("You have the right:\n\n- to inspect your file;\n", "en", "data-subject-rights"),
        ("Want a copy of your data? You can download it.", "en", "data-subject-rights"),
        ("All our data is encrypted.", "en", ""),
    ],
)
def test_sentence_gets_the_measure_that_it_promises(words, language, measure):
    assert best(words, language) == measure
