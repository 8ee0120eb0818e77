"""Sources of firewall rules: what reaches everybody is known in every spelling, and what is unclear is said."""

import pytest

from evidence.judging.policies import policies
from evidence.judging.register.network_sources import is_clear, reach


@pytest.mark.parametrize(
    "written",
    ["any", "ANY", "0.0.0.0/0", "0/0", "::/0", "any, 10.0.0.1", "alle adressen", "iedereen", "10.0.0.1; *", "all IPv4", "0.0.0.0 0.0.0.0",
     "0.0.0.0-255.255.255.255", "kantoor + any"],
)  # fmt: skip
def test_everywhere_is_any(written):
    assert reach(written) == "any"


@pytest.mark.parametrize(
    "written",
    ["internet", "het internet", "WAN net", "internet + kantoor", "all_internet", "0.0.0.0/1", "128.0.0.0/1", "::/1", "2000::/3", "!10.0.0.0/8",
     "not 192.168.1.4", "niet kantoor", "1.0.0.0-223.255.255.255", "8.0.0.0/7", "untrust", "Outside", "10.0.0.1, 128.0.0.0/1"],
)  # fmt: skip
def test_most_of_the_internet_is_the_internet(written):
    assert reach(written) == "internet"


@pytest.mark.parametrize(
    "written",
    ["vpn", "kantoor", "10.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24", "203.0.113.7", "2001:db8::/32", "fd00::/8", "alle werkplekken", "public servers",
     "192.0.2.1-192.0.2.9", "10.0.0.0 255.255.0.0", "beheer-vlan", "all managers"],
)  # fmt: skip
def test_limited_source_is_neither(written):
    assert reach(written) == ""
    assert is_clear(written)


@pytest.mark.parametrize("written", ["iedereen (kantoor)", "internet via de vpn", "vaste internetlijn, wan kantoor"])
def test_internet_beside_other_words_is_unclear(written):
    assert reach(written) == ""
    assert not is_clear(written)


def test_rules_and_scans_know_the_same_management_ports():
    known = policies()
    rule = next(each for each in known["firewall-rule-review"].rules.rules if each.name == "management-open")
    scanned = {port for service in known["expected-exposure"].rules.must_scan for port in service.ports}
    assert scanned <= set(rule.must.condition.ports)
