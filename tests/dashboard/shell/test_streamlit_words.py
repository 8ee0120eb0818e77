"""Streamlit's own words in the reader's language, held against the Streamlit that is installed."""

import re
from pathlib import Path

import pytest
import streamlit

from dashboard.shell.streamlit_words import WORDS, page_words

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
#: Where Streamlit joins words, beside the places.
_JOINED = re.compile(r"\{\w+\}|(?<=\+Enter to )|(?<=Press Enter to )|(?<=This type of )|(?<=options )|(?<=option )")


@pytest.fixture(scope="module")
def bundle():
    return "\n".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.js"))


@pytest.mark.parametrize("word", [word.message for word in WORDS])
def test_streamlit_has_the_word(bundle, word):
    for part in _JOINED.split(word):
        assert part.strip(" •,") in bundle, f"Streamlit does not say {word!r} any more: see what it says instead"


def test_every_word_is_in_dutch_with_its_places():
    words = page_words("nl")["words"]
    assert words.keys() == {word.message for word in WORDS}
    for english, dutch in words.items():
        assert set(re.findall(r"\{\w+\}", dutch)) == set(re.findall(r"\{\w+\}", english)), english


def test_english_has_nothing_to_replace():
    assert page_words("en") == {"language": "en", "words": {}}
