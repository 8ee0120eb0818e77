import pytest

from locales.preference import preferred


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("nl-BE,en;q=0.5", "nl"),
        ("en;q=0.4, nl;q=0.9", "nl"),
        ("en-GB,nl", "en"),
        ("de-DE,nl;q=0.5", "nl"),
        ("fr, de;q=0.9", "en"),
        ("nl;q=0, en;q=0.1", "en"),
        ("nl;q=x", "nl"),
        ("*", "en"),
        ("," * 500, "en"),
    ],
)
def test_preferred_language_is_chosen(accepted, code):
    assert preferred(accepted).code == code
