"""Package URLs and CPE names: what describes what, and names that nobody can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.package_names import component_of, describes


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("pkg:npm/lodas@4.17.20", "pkg:npm/lodas@4.17.20"),
        ("PKG:NPM/lodas@4.17.20", "pkg:npm/Lodas@4.17.20"),
        ("pkg:npm/%40babel/core@7.0.0", "pkg:npm/@babel/core@7.0.0"),
        ("pkg:pypi/Zope_Interface@5", "pkg:pypi/zope-interface@5"),
        ("pkg:deb/debian/zlib@1%3A1.2", "pkg:deb/debian/zlib@1:1.2?arch=amd64&distro=debian-12"),
        ("pkg:deb/debian/zlib@1?distro=debian-12&arch=amd64", "pkg:deb/debian/zlib@1?arch=amd64&distro=debian-12"),
        ("pkg:deb/debian/zlib@1?arch=", "pkg:deb/debian/zlib@1"),
        ("pkg:rpm/RedHat/openssl@1", "pkg:rpm/redhat/openssl@1"),
        ("pkg:oci/portal@sha256%3A01", "pkg:oci/portal@sha256:01?repository_url=registry.example.nl/portal"),
        ("cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*", "cpe:/a:openssl:openssl:1.0.2k"),
        ("cpe:/a:OpenSSL:openssl:1.0.2k", "cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:linux:*:*"),
        (r"cpe:2.3:a:x:a\:b:1:*:*:*:*:*:*:*", "cpe:/a:x:a%3ab:1"),
    ],
)
def test_name_is_described(description, name):
    assert describes(description, name)


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("pkg:npm/lodas", "pkg:npm/lodas@4.17.20"),
        ("pkg:npm/lodas@4.17.20", "pkg:npm/lodas"),
        ("pkg:npm/lodas@4.17.20", "pkg:npm/lodas@4.17.21"),
        ("pkg:npm/lodas@4.17.20", "pkg:npm/@a/lodas@4.17.20"),
        ("pkg:npm/lodas@1", "pkg:pypi/lodas@1"),
        ("pkg:maven/a/B@1", "pkg:maven/a/b@1"),
        ("pkg:deb/debian/zlib@1?arch=amd64", "pkg:deb/debian/zlib@1"),
        ("pkg:deb/debian/zlib@1?arch=amd64", "pkg:deb/debian/zlib@1?arch=arm64"),
        ("pkg:golang/a/b@1#sub", "pkg:golang/a/b@1"),
        ("lodas@4.17.20", "lodas@4.17.20"),
        ("cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", "cpe:/a:openssl:openssl:1.0.2k"),
        ("cpe:2.3:a:*:openssl:1:*:*:*:*:*:*:*", "cpe:/a:openssl:openssl:1"),
        ("cpe:2.3:a:openssl:openssl:1:sp1:*:*:*:*:*:*", "cpe:/a:openssl:openssl:1"),
        ("", ""),
    ],
)
def test_name_is_not_described(description, name):
    assert not describes(description, name)


def test_every_version_is_described_where_that_is_wanted():
    assert describes("pkg:npm/lodas", "pkg:npm/lodas@4.17.20", every_version=True)
    assert not describes("pkg:npm/lodas@1", "pkg:npm/lodas@4.17.20", every_version=True)


@given(name=st.text(max_size=40), begin=st.sampled_from(["", "pkg:", "pkg:npm/", "cpe:/", "cpe:2.3:"]))
def test_any_text_is_a_component_or_none(name, begin):
    component = component_of(begin + name)
    assert component is None or all(component.name)


PARTS = st.text("abcdefgh-.123", min_size=1, max_size=6)


@given(name=PARTS, version=PARTS, other=PARTS)
def test_only_the_same_version_is_described(name, version, other):
    assert describes(f"pkg:cargo/{name}@{version}", f"pkg:cargo/{name}@{version}?a=b")
    assert describes(f"pkg:cargo/{name}@{version}", f"pkg:cargo/{name}@{other}") == (version == other)
