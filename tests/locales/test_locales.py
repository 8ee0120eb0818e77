"""Every visible text has a Dutch translation, and no translation is unused."""

import ast
import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from locales import Language, plural, text
from tests.days import CALENDAR

HOUSE = Path(__file__).parents[2]
ROOMS = (
    "access",
    "api",
    "app.py",
    "audits",
    "reports",
    "backup",
    "checks",
    "controls",
    "dashboard",
    "evidence",
    "jobs",
    "locales",
    "migrations",
    "models",
    "readiness",
    "settings.py",
)
KEYWORDS = {"text": 1, "t": 1, "plural": 2, "n": 2}  # name → how many of its arguments are texts


def sources():
    for room in ROOMS:
        path = HOUSE / room
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def messages():
    """Messages (a tuple for one with a plural) with their places, from the syntax trees."""
    result = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                wanted = KEYWORDS.get(getattr(node.func, "id", None) or getattr(node.func, "attr", None), 0)
                texts = [
                    arg.value
                    for arg in node.args[:wanted]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                ]
                if wanted and len(texts) == wanted:
                    result.setdefault(
                        texts[0] if wanted == 1 else tuple(texts), f"{path.relative_to(HOUSE)}:{node.lineno}"
                    )
    return result


def translations():
    result = {}
    for path in sorted((HOUSE / "locales" / "nl").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale="nl", abort_invalid=True):
                if message.id:
                    result[tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id] = (
                        message,
                        path.name,
                    )
    return result


def test_every_text_has_one_translation():
    # all files are merged: one message id cannot have two translations
    dutch = {}
    for path in sorted((HOUSE / "locales" / "nl").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale="nl", abort_invalid=True):
                identity = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
                if identity:
                    assert dutch.setdefault(identity, message.string) == message.string, (path.name, identity)


def names(message):
    return {
        name
        for part in ([message] if isinstance(message, str) else message)
        for _, name, _, _ in string.Formatter().parse(part)
        if name
    }


def test_every_text_is_translated():
    dutch = translations()
    missing = {message: where for message, where in messages().items() if message not in dutch}
    assert not missing


def test_no_translation_is_empty_fuzzy_or_unused():
    used = messages()
    for identity, (message, file) in translations().items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(forms), (file, identity)
        assert not message.fuzzy, (file, identity)
        assert identity in used, (file, identity)


#: Names of values that count something; limits (`most`, `least`) are never one.
COUNTS = "n|all|total|number|days|hours|told|asked|now|held|count"
#: What stands before a number that is a limit of the product, which is never one.
LIMIT = r"(?<!at most )(?<!at least )(?<!than )(?<!1 to )(?<!first )(?<!newest )(?<!within )"
#: Texts of which the number is never one, and why.
NEVER_ONE = {
    "Accepted: {accepted} of {all} agreements; {n} people have not accepted yet.",  # few people are named
    "The margin is {days} days; expected 0 to {most}.",  # one day is a margin
    "the quote {quote} occurs {n} times in {file}; expected exactly once, to the letter.",
    "{who} uploaded {n} files in {minutes}: {passed} pass, {failed} fail.",  # several entries in one line
    "{who} reviewed {n} pieces of evidence.",
    "{who} opened {n} pieces of evidence.",  # one has a sentence of its own
    "{who}: {label}, {n} times.",
    "{n} systems",  # one is named
    "Nobody tried to sign in during the last {n} days.",
    "There are {n} files; at most {most} belong to one evidence.",  # above a limit, as the next four
    "{name}: there are {n} files in it; at most {most}.",
    "The objects have {n} different names; at most {most} are read.",
    "The lines have {n} different names; at most {most} are read.",
    "The VEX documents hold {n} statements, more than {most}. Upload those on what was scanned.",
    "{n} of your uploads wait to be judged; send the next when one of them has ended.",  # at a limit
    "At most {n} files wait here at once; save or leave out some first.",
    "{n} bits long, expected at least {least}.",  # no key has one bit
    (
        "Evaluating these files failed {n} times because something could not be used; nothing was recorded. Send them "
        "again later, or report it. The last reason: {reason}"
    ),
    (
        "Evaluating these files failed {n} times for an unexpected reason, which is in the server's log; nothing was "
        "recorded. Send them in parts, or report it."
    ),
}


def words_of(text):
    return set(re.findall(r"[a-z]+", text))


def test_texts_that_count_agree_with_their_number():
    """A number before a plural noun needs a form for one; nouns are those that have a plural in some text."""
    used = messages()
    forms = [message for message in used if isinstance(message, tuple)]
    nouns = {
        word
        for one, many in forms
        for word in words_of(many) - words_of(one)
        if words_of(one) & {word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"}
    }
    nouns |= {"people", "times", "pieces", "bits", "columns", "hosts", "statements"}
    counted = re.compile(rf"{LIMIT}\{{(?:{COUNTS})\}}(?: [a-z-]+){{0,2}}? ({'|'.join(sorted(nouns))})\b")
    lacking = {text: where for text, where in used.items() if isinstance(text, str) and counted.search(text)}
    assert {"files", "entries", "controls", "systems"} <= nouns
    assert {text: where for text, where in lacking.items() if text not in NEVER_ONE} == {}
    assert set(lacking) >= NEVER_ONE, "exceptions that are no longer needed"


def test_translations_have_the_same_values():
    for identity, (message, file) in translations().items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        for form in forms:
            assert names(form) <= names(identity), (file, identity)
        assert names(forms[-1]) == names(identity if isinstance(identity, str) else identity[1]), (file, identity)


@pytest.mark.parametrize(("language", "expected"), [("nl", "4 maart 2027"), ("en", "4 March 2027")])
def test_dates_follow_the_language(language, expected):
    assert Language(language).date(date(2027, 3, 4)) == expected


def test_values_in_a_text_follow_the_language():
    message = text(
        "{a} {b} {c} {d}",
        a=1234.5,
        b=date(2026, 5, 1),
        c=text("{n}", n=1000),
        d=datetime(2026, 5, 1, 22, 30, tzinfo=UTC),
    )
    assert Language("nl", CALENDAR.zone).render(message) == "1.234,5 1 mei 2026 1.000 2 mei 2026 00:30"
    assert Language("en", CALENDAR.zone).render(message) == "1,234.5 1 May 2026 1,000 2 May 2026 00:30"
    assert str(message) == "1,234.5 1 May 2026 1,000 1 May 2026 22:30 UTC"


def test_day_of_a_moment_is_in_the_zone_of_the_organisation():
    late = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    assert Language("en", CALENDAR.zone).day_of(late) == date(2026, 5, 2)
    assert Language("en").day_of(late) == date(2026, 5, 1)


@pytest.mark.parametrize("code", ["nl", "en"])
@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_moment_beyond_the_years_of_the_zone_stays_as_it_is_written(written, code):
    at, t = datetime.fromisoformat(written), Language(code, CALENDAR.zone)
    assert (t.day_of(at), t.time(at)) == (at.date(), written[11:16])
    assert written[11:16] in t.moment(at)


@pytest.mark.parametrize(("n", "expected"), [(0, "0 things"), (1, "1 thing"), (2, "2 things")])
def test_plural_follows_the_number(n, expected):
    assert str(plural("{n} thing", "{n} things", n)) == expected
