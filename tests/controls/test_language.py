"""Every message of controls has a Dutch translation with the same values."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import controls
from controls.errors import WrongFile
from controls.files import words
from controls.load import read_all
from locales import Language

ROOM = Path(controls.__file__).parent
LOCALES = ROOM.parent / "locales" / "nl"


def messages() -> list[tuple[str, str]]:
    """All messages in the code, as (file and line, message)."""
    result = []
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "plural"):
                for literal in node.args[: 1 if node.func.id == "text" else 2]:
                    assert isinstance(literal, ast.Constant), f"{path.name}:{node.lineno} is no literal"
                    result.append((f"{path.name}:{node.lineno}", literal.value))
    return result


def _forms(words: str | list[str] | tuple[str, ...]) -> list[str]:
    """A message, or its singular and plural."""
    return [words] if isinstance(words, str) else list(words)


def translations(room: str) -> dict[str, str]:
    """The Dutch of each message in a room's file."""
    with (LOCALES / f"{room}.po").open("rb") as source:
        entries = [(_forms(entry.id), _forms(entry.string)) for entry in read_po(source, locale="nl") if entry.id]
    return {english: form for forms in entries for english, form in zip(*forms, strict=True)}


def test_every_message_has_a_dutch_translation_with_the_same_values():
    dutch, shared = translations("controls"), translations("access")  # a message of both stands in the lower room
    in_code = messages()
    assert len(in_code) > 100
    assert [place for place, message in in_code if not (dutch.get(message) or shared.get(message))] == []
    assert set(dutch) <= {message for _, message in in_code}
    for english, translation in dutch.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", translation)), english


def test_errors_are_translated(definitions):
    line = definitions.edit("iso", "{nl: Beleid, en: Policies}", "{nl: Beleid}")
    with pytest.raises(WrongFile) as caught:
        read_all(definitions.folder)
    assert Language("nl").render(caught.value.message) == (
        f"iso.yaml, regel {line}: de vertaling en ontbreekt; elke tekst staat er in nl en en."
    )


def test_every_attribute_has_labels_for_its_values():
    assert set(words.ATTRIBUTES) == set(words.ATTRIBUTE_VALUES)
    assert Language("nl")(str(words.ATTRIBUTE_VALUES["type"]["preventive"])) == "Preventief"
