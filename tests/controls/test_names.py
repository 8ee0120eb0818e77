"""Checks of typed texts and keys."""

import pytest

from controls import names
from controls.errors import NotPossible
from locales import text


def test_line_ends_are_allowed_only_where_expected():
    assert names.plain("a\nb", text("The reason"), lines=True) == "a\nb"
    with pytest.raises(NotPossible, match="The reason contains a control character"):
        names.plain("a\nb", text("The reason"))


@pytest.mark.parametrize("key", ["", "Portal", "a b", "-a", "a/b", "a" * 81, "à"])
def test_invalid_key_is_refused(key):
    with pytest.raises(NotPossible, match="is not a valid key"):
        names.key(key)
