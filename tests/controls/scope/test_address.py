"""Normal forms of addresses: equal spellings, different addresses, and text that is not an address."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.errors import NotPossible
from controls.scope import address
from controls.scope.address import Address


@pytest.mark.parametrize(
    ("spelling", "form"),
    [
        ("portal.example.org", "portal.example.org"),
        (" PORTAL.Example.ORG. ", "portal.example.org"),
        ("portal.example.org:443", "portal.example.org"),
        ("portal.example.org.:8443", "portal.example.org:8443"),
        ("portal.example.org:08443", "portal.example.org:8443"),
        ("https://portal.example.org", "portal.example.org"),
        ("https://portal.example.org:8443/a/b?c=d#e", "portal.example.org:8443"),
        ("HTTPS://user:secret@Portal.example.org/", "portal.example.org"),
        ("http://portal.example.org/", "portal.example.org:80"),
        ("//portal.example.org/login", "portal.example.org"),
        ("ssh://git.example.org:22", "git.example.org:22"),
        ("portaal.patiënten.example.nl", "portaal.xn--patinten-w1a.example.nl"),
        ("XN--PATINTEN-W1A.example.nl", "xn--patinten-w1a.example.nl"),
        ("https://patiënten.example.nl:8443", "xn--patinten-w1a.example.nl:8443"),
        ("ｐortal.example.org", "portal.example.org"),
        ("_sip.example.org", "_sip.example.org"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:22", "192.0.2.7:22"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8:0::1]:8443", "[2001:db8::1]:8443"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("[FE80::1%eth0]:8443", "[fe80::1%eth0]:8443"),
        ("https://[fe80::1%25eth0]/", "fe80::1%eth0"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_spellings_of_an_address_have_one_normal_form(spelling: str, form: str) -> None:
    assert str(address.read(spelling)) == form
    assert address.read(form) == address.read(spelling)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("portal.example.org", "portal.example.org:8443"),
        ("portal.example.org", "http://portal.example.org"),
        ("portal.example.org", "www.portal.example.org"),
        ("portal.example.org", "portal.example.org.nl"),
        ("192.0.2.1", "192.0.2.10"),
        ("2001:db8::1", "2001:db8::10"),
        ("fe80::1%eth0", "fe80::1%eth1"),
    ],
)
def test_different_addresses_are_unequal(first: str, second: str) -> None:
    assert address.read(first) != address.read(second)


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        " ",
        "*.example.org",
        "10.0.0.0/24",
        "10.0.0.1-20",
        "192.0.2.300",
        "192.000.2.1",
        "1.2.3",
        "portal example.org",
        "portal.example.org:0",
        "portal.example.org:65536",
        "portal.example.org:https",
        "portal..example.org",
        "-portal.example.org",
        "example.org/path",
        "2001:db8::1::2",
        "[192.0.2.1",
        "fe80::1%",
        "fe80::1%eth0;x",
        "https://",
        "https://portal.example.org:99999/",
        "ftp://portal.example.org",
        "Patiëntendossier",
        "a\u202eb.example.org",
        "a\0.example.org",
        "a" * 64 + ".example.org",
        "a." * 127 + "example",
    ],
)
def test_text_that_is_not_an_address_is_refused(spelling: str) -> None:
    with pytest.raises(NotPossible, match="is not an address|has an invalid port|has no port|has no host"):
        address.read(spelling)
    assert address.find(spelling) is None


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join).map(lambda name: f"{name}.org")
ADDRESSES = st.builds(
    Address,
    HOSTS | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).filter(lambda ip: not ip.ipv4_mapped).map(str),
    st.none() | st.integers(1, 65535).filter(lambda port: port != 443),
)


@given(ADDRESSES)
def test_written_address_is_parsed_back(parsed: Address) -> None:
    assert address.read(str(parsed)) == parsed
    assert address.read(str(parsed).upper()) == parsed
    assert address.read(f"https://{_in_brackets(parsed)}/path") == parsed


def _in_brackets(parsed: Address) -> str:
    return f"[{parsed.host}]" if parsed.port is None and ":" in parsed.host else str(parsed)


@given(st.text(max_size=300) | st.text(alphabet="a.:[]%/1-*xn", max_size=30))
def test_any_text_gives_a_safe_normal_form_or_none(spelling: str) -> None:
    parsed = address.find(spelling)
    if parsed is not None:
        assert str(parsed).isascii()
        assert not any(unicodedata.category(character)[0] in "CZ" for character in str(parsed))
        assert address.read(str(parsed)) == parsed


@pytest.mark.parametrize(
    ("typed", "name"),
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
def test_target_names_have_one_normal_form(typed, name):
    assert address.target_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("ssh://portal.example.org/", "has no port"),
        ("https:///path", "has no host"),
        ("https://[portal/", "is not an address"),
        ("portal.example.org:0", "expected 1 to 65535"),
        ("portal.example.org:65536", "expected 1 to 65535"),
        ("-portal.example.org:80", "has no host"),
        ("a\nb", "control character"),
        ("a\u202eb", "control character"),
        ("a\ud800", "control character"),
        ("a" * 254, "longer than 253"),
    ],
)
def test_invalid_target_name_is_refused(typed, words):
    with pytest.raises(NotPossible, match=words):
        address.target_name(typed)


@given(st.text(max_size=300))
def test_target_name_is_safe_and_idempotent(typed):
    try:
        name = address.target_name(typed)
    except NotPossible:
        return
    assert 0 < len(name) <= 253
    assert not any(unicodedata.category(sign)[0] == "C" for sign in name)
    assert address.target_name(name) == name
