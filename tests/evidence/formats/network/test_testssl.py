"""testssl.sh: CSV re-saved by spreadsheet programs, moments, and the actual cause when JSON cannot be read."""

import io
from datetime import UTC, datetime

import pytest

from evidence.formats import recognise
from evidence.formats.values import Unreadable


def read(content):
    content = content if isinstance(content, bytes) else content.encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "testssl"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


HEADER = ["id", "fqdn/ip", "port", "severity", "finding", "cve", "cwe"]
ROW = ["TLS1_2", "portal.example.org/192.0.2.10", "443", "OK", "offered", "", ""]


def table(mark, quote="", lines=(HEADER, ROW), end="\r\n"):
    return end.join(mark.join(f"{quote}{cell}{quote}" for cell in line) for line in lines) + end


@pytest.mark.parametrize(
    "content",
    [
        table(",", '"'),
        table(";"),
        table(";", '"'),
        table("\t"),
        "sep=;\r\n" + table(";"),
        "\ufeff" + table(";"),
        table(";", lines=(HEADER, ROW, [""] * 7)),  # an empty row of the sheet
        table(";", lines=([name.upper() for name in HEADER], ROW)),
        table(";").encode("utf-16"),
    ],
)
def test_table_is_read_in_every_way_of_saving(content):
    run, results = read(content)
    assert [(result.check, result.target, result.outcome) for result in results] == [
        ("TLS1_2", "portal.example.org", "pass")
    ]
    assert run.started_at is None


PRETTY = '{"Invocation": "testssl.sh", "startTime": "1795251600", "scanResult": [], "scanTime": %s}'


@pytest.mark.parametrize(
    ("taken", "minute"),
    [("3600", 60), ('"1800"', 30), ('"Scan interrupted"', 0), ('"99999999"', 0), ("-1", 0), ("null", 0)],
)
def test_scan_has_its_duration(taken, minute):
    run, _ = read(PRETTY % taken)
    assert run.started_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert (run.ended_at - run.started_at).total_seconds() == minute * 60


FLAT = b'[{"id":"a","ip":"portal.example.org/192.0.2.10","port":"443","severity":"OK","finding":"geheim%s"}]'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (FLAT % b"\t", "control character"),
        (FLAT % b"\n", "control character"),
        (FLAT % b"\x1b[0m", "control character"),
        (FLAT % b"\0", "control character"),
        (FLAT % b"C:\\dir", "backslash"),
        (FLAT % b"\\uZZZZ", "backslash"),
        (FLAT % b"\xe9", "not UTF-8"),
        ((FLAT % b"").decode().encode("utf-16"), "UTF-16"),
        ((FLAT % b"")[:-4], "cut off"),
        ((FLAT % b"") * 2, "appended"),
        (FLAT % b'say "hi"', "not valid JSON"),
    ],
)
def test_error_has_the_actual_cause_and_no_content(content, message):
    with pytest.raises(Unreadable, match=message) as refusal:
        read(content)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("severity", ["", "critical", "SEVERE"])
def test_unknown_severity_is_a_remark(severity):
    run, (result,) = read((FLAT % b"").replace(b'"OK"', f'"{severity}"'.encode()))
    assert result.outcome == "not evaluated"
    assert "Record 1 (a) has no severity" in str(run.remark)


def test_record_without_severity_is_kept():
    run, (result,) = read((FLAT % b"").replace(b'"severity":"OK",', b'"cve":"severity",'))
    assert (result.check, result.severity) == ("a", "")
    assert run.remark


@pytest.mark.parametrize("inner", ['"startTime":"1"', '"Invocation":"x"', '"scanResult":[]'])
def test_nested_file_is_refused(inner):
    with pytest.raises(Unreadable, match="another complete file"):
        read(PRETTY.replace("[]", "[{%s}]") % (inner, "1"))


def test_client_problem_makes_the_run_incomplete():
    stopped = '"clientProblem1": [{"id": "x", "severity": "FATAL", "finding": "no openssl"}], "scanResult"'
    run, _ = read(PRETTY.replace('"scanResult"', stopped) % "1")
    assert not run.complete
