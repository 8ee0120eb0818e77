"""Services in firewall rules: a management port is open whatever it is called, and an unknown name is no answer."""

from datetime import date

import pytest

from evidence.judging.register.conditions.condition import RegisterContext
from evidence.judging.register.conditions.services import KnownService, NotOpen

AROUND = RegisterContext(date(2026, 11, 20))
MANAGEMENT = NotOpen(column="service", ports=["tcp/22", "tcp/3389", "tcp/5432"])


@pytest.mark.parametrize(
    "written",
    [
        "tcp/22", "22", "22/tcp", "TCP 22", "tcp-22", "tcp22", "SSH", "ssh (22)", "SVC-SSH", "https, ssh", "443;22", "20-25",
        "TCP_3380-3390", "RDP", "Remote Desktop", "MS-RDP", "https en rdp", "tcp", "tcp/any", "all", "any", "443\n3389", "PostgreSQL", "0-65535",
    ],
)  # fmt: skip
def test_management_port_is_open_however_it_is_written(written):
    assert not MANAGEMENT.holds({"service": written}, AROUND)


@pytest.mark.parametrize(
    "written", ["tcp/443", "HTTPS", "80, 443", "tcp/8022", "2222", "udp/123", "ping", "http/https"]
)
def test_other_services_are_not_management(written):
    assert MANAGEMENT.holds({"service": written}, AROUND)
    assert KnownService("service").holds({"service": written}, AROUND)


@pytest.mark.parametrize("written", ["DIENST-A", "web-alt", "443, DIENST-A", "802.1x"])
def test_name_of_ones_own_is_not_known(written):
    assert not KnownService("service").holds({"service": written}, AROUND)
