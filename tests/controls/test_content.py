"""Explanations are complete, in both languages, of a good length, without repetition or wording of a standard."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

import controls as controls_package
from controls.load import Definitions, read_all


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: words that make a sentence Dutch or English
DUTCH = _words(
    "de het een en van in is dat die niet met op voor zijn wordt door aan bij uit als of wie wat naar over ook geen dan"
    " er welke hoe zonder elke elk wel nog per om te hoort kan worden"
)
ENGLISH = _words(
    "the a an and of in is that not with on for are by to at from as or who what over also no than be it has which how"
    " without every each can only"
)
#: typical wording of standards
NORMATIVE = re.compile(
    r"\b(shall|to ensure that|to maintain the security of|waarborgen dat|te bewerkstelligen dat"
    r"|moeten worden gedefinieerd|should be (?:defined|established|implemented))\b",
    re.IGNORECASE,
)
#: phrases without content
FILLER = re.compile(
    r"\b(it is important|state of the art|appropriate measures|passende maatregelen"
    r"|van groot belang|in dit kader|adequate maatregelen)\b",
    re.IGNORECASE,
)
#: literal translations, and words that say something else to a native speaker
UNNATURAL = re.compile(
    r"\b(secrecy|(?<!home )care workers?|is settled|push message|it really looks|shielding"
    r"|trial clients|guessing is slowed|raden wordt geremd|met doorklik|tijdstip van sluiten|proefcliënten"
    r"|[ée]{2}n mens|belalarm|doorlegtabel|klantdossier|klinische veiligheid|stopwoord|koppelpartner"
    r"|(?<!its )(?<!'s )own (?:staff|servers|telephony)|pointers?|de CSIRT|leunt|leans on"
    r"|tabel van \w+ tegen|table of \w+ against|per weg|like going wrong|can't|own employees|is looked\b"
    r"|certificeerders?|certificerende instelling(?:en)?|nieuwkomers?|newcomers?|supportvloer|support floor|open schermen|open screens"
    r"|vaste tussenpozen|in so many words|the raw material|grondstof voor|then that is (?:said|stated))\b",
    re.IGNORECASE,
)
#: criteria on what is in people's heads, which no file shows; that they were told, or accepted it, can be shown
UNSHOWABLE = re.compile(
    r"\b(?:staff|users|teams|people|developers|those \w+|they) (?:concerned )?know\b|\band know\b"
    r"|\b(?:medewerkers|gebruikers|teams|mensen|zij) (?:ervan )?(?:weten|kennen)\b|\ben (?:kennen|weten)\b",
    re.IGNORECASE,
)
LENGTHS = {"purpose": (60, 320), "adds": (80, 400), "point": (50, 260), "shown": (80, 400), "judged": (70, 700)}


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return read_all()


@pytest.fixture(scope="module")
def explained(shipped):
    return {
        f"{source.content.catalogue}:{explanation.ref}": explanation
        for source in shipped.explanations
        for explanation in source.content.explanations
    }


@pytest.fixture(scope="module")
def controls(shipped):
    return {
        f"{source.content.catalogue.key}:{control.ref}": control
        for source in shipped.catalogues
        if source.content.catalogue.key in ("iso27001-2022", "nen7510-2024")
        for control in source.content.controls
    }


@pytest.fixture(scope="module")
def bilingual_texts(explained):
    """All texts, as (control, field, text in both languages)."""
    texts = []
    for key, explanation in explained.items():
        texts.append((key, "purpose", explanation.purpose))
        texts += [(key, "adds", explanation.adds)] if explanation.adds else []
        texts += [(key, "point", point.words) for point in explanation.looks_for]
        texts.append((key, "shown", explanation.shown))
        texts += [(key, "judged", entry.judged) for entry in explanation.evidence if entry.judged]
    return texts


def sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[.?!;:])\s+", text)
    plain = [re.sub(r"\W+", " ", part.lower()).strip() for part in parts]
    return [part for part in plain if len(part.split()) > 4]  # "The reviewer confirms:" may introduce every list


def language(text: str) -> str:
    counts = Counter(re.findall(r"[a-zà-ÿ]+", text.lower()))
    dutch, english = (sum(counts[word] for word in known) for known in (DUTCH, ENGLISH))
    return "nl" if dutch > english else "en" if english > dutch else "?"


def test_every_control_and_clause_is_explained(explained, controls):
    assert sorted(controls.keys() - explained.keys()) == []
    assert sorted(explained.keys() - controls.keys()) == []


def test_every_text_has_a_suitable_length(bilingual_texts):
    wrong = [
        (key, field, code, len(text))
        for key, field, both in bilingual_texts
        for code, text in (("nl", both.nl), ("en", both.en))
        if not LENGTHS[field][0] <= len(text) <= LENGTHS[field][1]
    ]
    assert wrong == []


def test_every_text_is_in_its_language(bilingual_texts):
    wrong = [
        (key, field, code, text)
        for key, field, both in bilingual_texts
        for code, text in (("nl", both.nl), ("en", both.en))
        if len(text.split()) > 8 and language(text) != code
    ]
    assert wrong == []
    assert [key for key, _, both in bilingual_texts if both.nl == both.en] == []


def test_no_sentence_is_used_twice(bilingual_texts):
    places = defaultdict(list)
    for key, field, both in bilingual_texts:
        for code in ("nl", "en"):
            for sentence in sentences(getattr(both, code)):
                places[code, sentence].append(f"{key} {field}")
    assert {sentence: at for sentence, at in places.items() if len(at) > 1} == {}


def test_no_two_texts_are_nearly_the_same(bilingual_texts):
    """Texts that share three quarters of their rare words count as the same."""
    for code in ("nl", "en"):
        known = DUTCH | ENGLISH
        bags = [
            (f"{key} {field}", frozenset(re.findall(r"[a-zà-ÿ]{4,}", getattr(both, code).lower())) - known)
            for key, field, both in bilingual_texts
        ]
        by_word = defaultdict(set)
        for number, (_, bag) in enumerate(bags):
            for term in bag:
                by_word[term].add(number)
        for number, (place, bag) in enumerate(bags):
            near = Counter(
                other for term in bag if len(by_word[term]) < 40 for other in by_word[term] if other > number
            )
            for other, _ in near.most_common(5):
                shared, union = len(bag & bags[other][1]), len(bag | bags[other][1])
                assert shared < 0.75 * union, (place, bags[other][0])


def test_points_include_questions_samples_and_failures(explained):
    for key, explanation in explained.items():
        kinds = [point.kind for point in explanation.looks_for]
        assert set(kinds) == {"asks", "samples", "fails"}, key
        assert kinds[-1] == "fails", key


def test_healthcare_addition_is_explained_exactly_where_it_exists(explained, controls):
    for key, control in controls.items():
        assert (explained[key].adds is not None) == (control.healthcare not in ("none", "")), key


def test_guidance_known_from_one_source_is_marked_so(explained, controls):
    """What NEN 7510's guidance says is public in one source only: docs/decisions/0026."""
    adds = {key: explained[key].adds for key, control in controls.items() if control.healthcare == "guidance"}
    assert len(adds) > 30
    assert [key for key, both in adds.items() if not re.search("[eé]{2}n bron", both.nl, re.IGNORECASE)] == []
    assert [key for key, both in adds.items() if not re.search("one source", both.en, re.IGNORECASE)] == []


#: healthcare requirements whose content, or a part that the text names, is public in one source only: docs/decisions/0026
ONE_SOURCE = ("5.2", "5.9", "5.14", "5.15", "5.19", "5.38", "5.42", "5.43", "6.6", "6.9", "8.5", "8.13", "8.35")


@pytest.mark.parametrize("ref", ONE_SOURCE)
def test_what_a_requirement_asks_according_to_one_source_is_marked_so(explained, controls, ref):
    assert controls[f"nen7510-2024:{ref}"].healthcare in ("requirement", "hlt")
    adds = explained[f"nen7510-2024:{ref}"].adds
    assert re.search("[eé]{2}n bron", adds.nl, re.IGNORECASE)
    assert re.search("one source", adds.en, re.IGNORECASE)


def test_no_text_uses_wording_of_standards_or_filler(bilingual_texts):
    wrong = [
        (key, field, match.group())
        for key, field, both in bilingual_texts
        for text in (both.nl, both.en)
        for match in [*NORMATIVE.finditer(text), *FILLER.finditer(text)]
    ]
    assert wrong == []


def test_no_text_uses_unnatural_wording(bilingual_texts):
    wrong = [
        (key, field, match.group())
        for key, field, both in bilingual_texts
        for text in (both.nl, both.en)
        for match in UNNATURAL.finditer(text)
    ]
    assert wrong == []


def test_no_criterion_asks_what_no_file_can_show(bilingual_texts):
    wrong = [
        (key, match.group())
        for key, field, both in bilingual_texts
        for text in (both.nl, both.en)
        for match in UNSHOWABLE.finditer(text)
        if field == "judged"
    ]
    assert wrong == []


def _bilingual(tree):
    """All texts in a YAML file that have both languages."""
    if isinstance(tree, dict) and {"nl", "en"} <= tree.keys():
        yield from (tree["nl"], tree["en"])
    elif isinstance(tree, dict | list):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _bilingual(branch)


@pytest.mark.parametrize("folder", ["crosswalks", "statements"])
def test_no_reason_or_note_uses_unnatural_wording(folder):
    paths = sorted((Path(controls_package.__file__).parent / folder).rglob("*.yaml"))
    contents = [
        (path.name, content)
        for path in paths
        for content in _bilingual(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]
    assert len(contents) > 100
    assert [(name, match.group()) for name, content in contents for match in UNNATURAL.finditer(content)] == []


def test_every_control_requires_evidence_or_relies_on_its_counterpart(shipped, explained, controls):
    """NEN controls without an addition rely on their ISO counterpart; others require evidence for the addition."""
    with_requirement = {(requirement.control or "") for requirement in shipped.requirements.values()}
    primary = {
        row.control
        for published in shipped.statements
        for measure in published.content.measures
        for row in measure.mapping
    }
    for key, control in controls.items():
        carried = key.startswith("nen") and control.healthcare in ("none", "guidance")
        assert carried or explained[key].evidence or key in with_requirement | primary, key


#: clauses of ISO/IEC 27001:2022 that require documented information
DOCUMENTED = ("4.3", "5.2", "6.1.2", "6.1.3", "6.2", "7.2", "8.1", "8.2", "8.3", "9.1", "9.2", "9.3", "10.2")


def test_mandatory_documented_information_is_marked(explained):
    marked = {
        key.split(":")[1]
        for key, explanation in explained.items()
        for entry in explanation.evidence
        if entry.documented
    }
    assert [
        ref for ref in DOCUMENTED if not any(clause == ref or clause.startswith(f"{ref}.") for clause in marked)
    ] == []
    assert sorted(ref for ref in marked if ref.startswith("A.")) == []


def test_evidence_requirements_have_acceptance_criteria_and_formats(explained):
    entries = [(key, entry) for key, explanation in explained.items() for entry in explanation.evidence]
    assert [entry.key for _, entry in entries if entry.judged is None] == []
    assert [entry.key for _, entry in entries if entry.kind in ("test", "register") and not entry.formats] == []
