"""What people type: targets, keys and texts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls import names
from controls.problems import NotPossible
from locales import text


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Portal.Example.org", "portal.example.org"),
        ("portal.example.org:443", "portal.example.org"),
        ("portal.example.org:8443", "portal.example.org:8443"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:22", "192.0.2.7:22"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:DB8::1]:8443", "[2001:db8::1]:8443"),
        ("https://Portal.example.org:8443/login?a=b", "portal.example.org:8443"),
        ("  Backup server (Almere) ", "Backup server (Almere)"),
        ("Patiëntendossier", "Patiëntendossier"),
    ],
)
def test_targets_have_one_form(given_name, name):
    assert names.target_name(given_name) == name


@pytest.mark.parametrize(
    ("given_name", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("ssh://portal.example.org/", "names no port"),
        ("https:///path", "names no host"),
        ("https://[portal/", "is no address"),
        ("portal.example.org:0", "expected 1 to 65535"),
        ("portal.example.org:65536", "expected 1 to 65535"),
        ("-portal.example.org:80", "names no host"),
        ("a\nb", "control character"),
        ("a\u202eb", "control character"),
        ("a\ud800", "control character"),
        ("a" * 254, "longer than 253"),
    ],
)
def test_what_is_no_target_is_refused(given_name, words):
    with pytest.raises(NotPossible, match=words):
        names.target_name(given_name)


@given(st.text(max_size=300))
def test_a_target_is_safe_and_stays_itself(given_name):
    try:
        name = names.target_name(given_name)
    except NotPossible:
        return
    assert 0 < len(name) <= 253
    assert not any(unicodedata.category(sign)[0] == "C" for sign in name)
    assert names.target_name(name) == name


def test_line_ends_only_where_lines_are_expected():
    assert names.plain("a\nb", text("The reason"), lines=True) == "a\nb"
    with pytest.raises(NotPossible, match="The reason holds a control character"):
        names.plain("a\nb", text("The reason"))


@pytest.mark.parametrize("key", ["", "Portal", "a b", "-a", "a/b", "a" * 81, "à"])
def test_keys_stand_in_addresses(key):
    with pytest.raises(NotPossible, match="is no key"):
        names.key(key)
