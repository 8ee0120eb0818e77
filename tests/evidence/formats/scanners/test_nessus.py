"""Nessus: hosts that were not scanned to the end, credentials, moments, and files that are read back."""

import csv
import io
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.values import Unreadable

FINISHED = {"HOST_START": "Tue Mar 22 14:54:47 2022", "HOST_END": "Tue Mar 22 15:04:47 2022"}


def host(name="portal.example.nl", tags=FINISHED, items=""):
    written = "".join(f'<tag name="{tag}">{value}</tag>' for tag, value in tags.items())
    return f"<ReportHost name={quoteattr(name)}><HostProperties>{written}</HostProperties>{items}</ReportHost>"


def read(*hosts):
    content = f"<NessusClientData_v2><Report name='r'>{''.join(hosts)}</Report></NessusClientData_v2>".encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "nessus"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


@pytest.mark.parametrize(
    ("hosts", "problem"),
    [
        ([], "no host"),
        ([host(tags={"HOST_START": "Tue Mar 22 14:54:47 2022"})], "to the end: portal.example.nl"),
        ([host(), host("www.example.nl", {})], "to the end: www.example.nl"),
        (
            [host(items='<ReportItem severity="0" pluginID="10180"><plugin_output>The remote host is considered as dead - not '
                        "scanning</plugin_output></ReportItem>")],
            "to the end: portal.example.nl",
        ),
    ],
)  # fmt: skip
def test_scan_is_complete_only_if_every_host_was_scanned_to_the_end(hosts, problem):
    run, _ = read(*hosts)
    assert not run.complete
    assert problem in str(run.remark)


def test_clean_host_that_was_scanned_to_the_end_is_complete_with_its_moments():
    run, results = read(host())
    assert (run.complete, results, run.targets) == (True, [], {"portal.example.nl"})
    assert (run.started_at, run.ended_at) == (datetime(2022, 3, 22, 14, 54, 47), datetime(2022, 3, 22, 15, 4, 47))
    run, _ = read(host(tags={**FINISHED, "HOST_START_TIMESTAMP": "1647953687", "HOST_END_TIMESTAMP": "1647954287"}))
    assert run.started_at == datetime(2022, 3, 22, 12, 54, 47, tzinfo=UTC)
    assert run.ended_at == datetime(2022, 3, 22, 13, 4, 47, tzinfo=UTC)


def test_scan_without_credentials_is_told():
    run, _ = read(host(tags={**FINISHED, "Credentialed_Scan": "false"}), host("b.example.nl"))
    assert run.complete
    assert "no credentials for portal.example.nl" in str(run.doubts[0])


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("http://google.com/", "google.com:80"),
        ("https://Portal.example.nl:8443/a?b=c", "portal.example.nl:8443"),
        ("192.0.2.10", "192.0.2.10"),
        ("2001:db8::1", "2001:db8::1"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_hosts_have_their_normal_form(name, target):
    run, _ = read(host(name))
    assert run.targets == {target}


COMPLIANCE = {"PASSED": "pass", "FAILED": "fail", "WARNING": "not evaluated", "ERROR": "error", "SKIPPED": "skipped", "?": "not evaluated"}  # fmt: skip


@pytest.mark.parametrize("said", COMPLIANCE)
def test_item_of_a_compliance_audit_has_the_outcome_of_its_check(said):
    inside = (
        f"<cm:compliance-check-name>1.1</cm:compliance-check-name><cm:compliance-result>{said}</cm:compliance-result>"
    )
    item = f'<ReportItem xmlns:cm="http://www.nessus.org/cm" severity="3" pluginID="1">{inside}</ReportItem>'
    _, (result,) = read(host(items=item))
    assert (result.check, result.outcome) == ("1.1", COMPLIANCE[said])


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
ITEMS = st.lists(st.tuples(st.integers(1, 999_999), st.integers(0, 4), st.integers(0, 65_535), NAMES), max_size=6)
RATINGS = ("info", "low", "medium", "high", "critical")
RISKS = ("None", "Low", "Medium", "High", "Critical")


@given(hosts=st.lists(ITEMS, min_size=1, max_size=4))
def test_any_file_is_read_back(hosts):
    written = [
        host(f"h{number}.example", items="".join(
            f'<ReportItem port="{port}" protocol="tcp" severity="{severity}" pluginID="{plugin}" pluginName={quoteattr(name)}/>'
            for plugin, severity, port, name in items
        ))
        for number, items in enumerate(hosts)
    ]  # fmt: skip
    run, results = read(*written)
    assert run.complete
    assert [(each.check, each.target, each.outcome, each.rating, each.message) for each in results] == [
        (
            str(plugin),
            f"h{number}.example",
            "fail" if severity else "informational",
            RATINGS[severity],
            f"tcp/{port}: {name}",
        )
        for number, items in enumerate(hosts)
        for plugin, severity, port, name in items
    ]


@given(items=ITEMS, delimiter=st.sampled_from(",;"))
def test_any_table_is_read_back_and_shows_no_finished_scan(items, delimiter):
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["Plugin ID", "CVE", "Risk", "Host", "Protocol", "Port", "Name", "Synopsis"])
    writer.writerows(
        [plugin, "", RISKS[severity], "192.0.2.1", "tcp", port, name, "a\nb"] for plugin, severity, port, name in items
    )
    content = written.getvalue().encode()
    assert recognise(content[:65_536]).NAME == "nessus"
    run, results = recognise(content[:65_536]).read(io.BytesIO(content))
    assert [(each.check, each.rating) for each in results] == [
        (str(plugin), RATINGS[severity]) for plugin, severity, _, _ in items
    ]
    assert not run.complete


def test_table_of_another_tool_is_refused_when_it_is_read_as_nessus():
    from evidence.formats import formats

    assert recognise(b"Plugin,Name\n1,2\n").NAME == "csv"
    with pytest.raises(Unreadable, match="no column"):
        list(formats()["nessus"].read(io.BytesIO(b"Plugin ID,Name\n1,2\n"))[1])
