"""ZAP: moments in the language of a machine, scans that reached nothing, and files that are read back in both formats."""

import io
import json
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise


def read(content):
    content = content.encode()
    file_format = recognise(content[:65_536])
    run, results = file_format.read(io.BytesIO(content))
    return file_format.NAME, run, list(results)


def as_json(sites, **head):
    written = [
        {"@name": name, "@host": host, "@port": port, "alerts": [
            {"pluginid": plugin, "alert": alert, "riskcode": risk, "confidence": confidence, "riskdesc": "x (y)",
             "instances": [{"uri": uri} for uri in uris], "count": str(len(uris))}
            for plugin, alert, risk, confidence, uris in alerts
        ]}
        for name, host, port, alerts in sites
    ]  # fmt: skip
    return json.dumps({"@programName": "ZAP", "@version": "2.15.0", "@generated": "", "site": written, **head})


def as_xml(sites, generated="", extra=""):
    written = "".join(
        f"<site name={quoteattr(name)} host={quoteattr(host)} port={quoteattr(port)}><alerts>"
        + "".join(
            f"<alertitem><pluginid>{plugin}</pluginid><alert>{escape(alert)}</alert><riskcode>{risk}</riskcode>"
            f"<confidence>{confidence}</confidence><riskdesc>x (y)</riskdesc><instances>"
            + "".join(f"<instance><uri>{escape(uri)}</uri></instance>" for uri in uris)
            + "</instances></alertitem>"
            for plugin, alert, risk, confidence, uris in alerts
        )
        + "</alerts></site>"
        for name, host, port, alerts in sites
    )
    return f"<OWASPZAPReport version='2.15.0' generated={quoteattr(generated)}>{written}{extra}</OWASPZAPReport>"


SITE = ("https://portal.example.nl", "portal.example.nl", "443", [])


@pytest.mark.parametrize(
    ("generated", "moment"),
    [
        ("Tue, 12 May 2020 20:57:30", datetime(2020, 5, 12, 20, 57, 30)),
        ("Fr., 30 Sep. 2022 08:40:35", datetime(2022, 9, 30, 8, 40, 35)),
        ("di, 3 mrt. 2026 08:40:35", datetime(2026, 3, 3, 8, 40, 35)),
        ("mar., 7 juil. 2026 08:40:35", datetime(2026, 7, 7, 8, 40, 35)),
        ("Mo., 31 Feb. 2022 08:40:35", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moment_is_read_as_written_without_a_zone(generated, moment):
    _, run, _ = read(as_xml([SITE], generated))
    assert run.started_at == moment


def test_moment_of_newer_versions_has_its_zone():
    _, run, _ = read(as_json([SITE], created="2026-11-20T02:00:00.123456789Z"))
    assert run.started_at == datetime(2026, 11, 20, 2, 0, 0, 123456, UTC)


def test_site_without_alerts_was_scanned_and_a_report_without_a_site_shows_nothing():
    for written in (as_json, as_xml):
        _, run, _ = read(written([SITE]))
        assert (run.complete, run.targets) == (True, {"portal.example.nl"})
        _, run, _ = read(written([]))
        assert not run.complete
        assert "no site" in str(run.remark)


@pytest.mark.parametrize(
    ("key", "level", "complete"),
    [
        ("insight.network.failure", "Medium", False),
        ("insight.auth.failure", "High", False),
        ("insight.network.failure", "Info", True),
        ("insight.log.warn", "High", True),
    ],
)
def test_requests_that_failed_too_often_make_the_scan_incomplete(key, level, complete):
    insight = {"key": key, "level": level, "statistic": "63"}
    extra = "<insights><insight>" + "".join(f"<{n}>{v}</{n}>" for n, v in insight.items()) + "</insight></insights>"
    for content in (as_json([SITE], insights=[insight]), as_xml([SITE], extra=extra)):
        _, run, _ = read(content)
        assert run.complete is complete


def test_one_site_may_be_an_object_as_older_versions_write_it():
    document = json.loads(as_json([(*SITE[:3], [("1", "A", "2", "2", [])])]))
    _, run, (result,) = read(json.dumps({**document, "site": document["site"][0]}))
    assert (result.check, result.target, run.targets) == ("1", "portal.example.nl", {"portal.example.nl"})


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\r"), min_size=1, max_size=12
)
ALERTS = st.lists(
    st.tuples(
        st.integers(1, 99_999).map(str), NAMES, st.sampled_from("01239"), st.sampled_from("0124"), st.lists(NAMES, max_size=3)
    ),
    max_size=5,
)  # fmt: skip
SITES = st.lists(
    st.tuples(st.from_regex(r"[a-z]{1,9}\.example", fullmatch=True), st.integers(1, 65_535), ALERTS), max_size=4
)
OUTCOMES = {"0": "informational", "1": "fail", "2": "fail", "3": "fail", "9": "not evaluated"}


@given(sites=SITES)
def test_any_file_is_read_back_in_both_formats(sites):
    named = [(f"https://{host}:{port}", host, str(port), alerts) for host, port, alerts in sites]
    expected = [
        (plugin, host if port == "443" else f"{host}:{port}", OUTCOMES[risk], confidence == "0")
        for _, host, port, alerts in named
        for plugin, _, risk, confidence, _ in alerts
    ]
    for name, content in (("zap_json", as_json(named)), ("zap_xml", as_xml(named))):
        read_as, run, results = read(content)
        assert read_as == name
        assert run.complete is bool(sites)
        seen = [
            (each.check, each.target, each.outcome, "suppressed" in dict(each.properties).values()) for each in results
        ]
        assert seen == expected
