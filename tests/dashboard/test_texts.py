"""Every visible text of the dashboard has a Dutch translation with the same values."""

import ast
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
CALLS = {"t": 1, "text": 1, "n": 2, "plural": 2}


def texts():
    """(message, plural) of every literal in a call of t, text, t.n or plural."""
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                arguments = [
                    argument.value for argument in node.args[: CALLS.get(name, 0)] if isinstance(argument, ast.Constant)
                ]
                if (
                    arguments
                    and all(isinstance(argument, str) for argument in arguments)
                    and len(arguments) == CALLS[name]
                ):
                    yield tuple(arguments)


def translations(name):
    with (ROOT / "locales" / "nl" / name).open("rb") as file:
        return {
            message.id if isinstance(message.id, tuple) else (message.id,): message.string
            for message in read_po(file, locale="nl")
        }


@pytest.fixture(scope="module")
def dutch():
    return translations("dashboard.po")


def fields(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_every_text_has_a_dutch_translation():
    """Some are translated with the room that has the word."""
    known = {text for path in (ROOT / "locales" / "nl").glob("*.po") for text in translations(path.name)}
    assert sorted(set(texts()) - known) == []


def test_no_dutch_translation_is_unused(dutch):
    used = set(texts())
    assert sorted(text for text in dutch if text != ("",) and text not in used) == []


def test_the_dutch_names_the_same_values(dutch):
    for message, translated in dutch.items():
        forms = translated if isinstance(translated, tuple) else (translated,)
        for form in forms if message != ("",) else ():
            assert form, message
            assert fields(form) <= fields(message[-1]) | {"n"}, message
