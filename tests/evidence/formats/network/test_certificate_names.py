"""Names of certificates: exact names, wildcards for a single label, IP addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.network.certificate_names import is_for_host

LABELS = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("host", "names", "addresses"),
    [
        ("portal.example.nl", ["portal.example.nl"], []),
        ("Portal.Example.NL.", ["PORTAL.example.nl"], []),
        ("portal.example.nl", ["mail.example.nl", "*.example.nl"], []),
        ("192.0.2.7", [], ["192.0.2.7"]),
        ("2001:db8::1", [], ["2001:0db8:0:0:0:0:0:1"]),
    ],
)
def test_certificate_is_for_a_host_that_it_names(host, names, addresses):
    assert is_for_host(host, names, addresses)


@pytest.mark.parametrize(
    ("host", "names", "addresses"),
    [
        ("portal.example.nl", [], []),
        ("portal.example.nl", ["example.nl"], ["192.0.2.7"]),
        ("a.portal.example.nl", ["*.example.nl"], []),
        ("example.nl", ["*.example.nl"], []),
        ("example.nl", ["*.nl"], []),
        ("portal.example.nl", ["po*.example.nl"], []),
        ("portal.example.nl", ["*"], []),
        ("192.0.2.7", ["192.0.2.7", "*.0.2.7"], ["192.0.2.8", "no address"]),
        ("", ["", "*.example.nl"], []),
    ],
)
def test_certificate_is_for_no_other_host(host, names, addresses):
    assert not is_for_host(host, names, addresses)


@given(labels=st.lists(LABELS, min_size=3, max_size=5), other=LABELS)
def test_wildcard_stands_for_exactly_one_label(labels, other):
    host, wildcard = ".".join(labels), ".".join(["*", *labels[1:]])
    assert is_for_host(host, [wildcard])
    assert is_for_host(".".join([other, *labels[1:]]), [wildcard])
    assert not is_for_host(f"{other}.{host}", [wildcard])
    assert not is_for_host(".".join(labels[1:]), [wildcard])
