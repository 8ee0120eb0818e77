"""Untrusted files: they are read or refused by the format, in little memory and time."""

import io
import time
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.reading import xml_stream
from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.row_marks import MARKS
from evidence.formats.values import HEAD, Result, Unreadable

BEGINNINGS = (
    b"",
    b"<testsuite>",
    b"<nmaprun>",
    b"<report format_id='x'><report><results><result>",
    b"TAP version 14\n1..2\nok 1\n  ---\n",
    b"<TestRun><Results><UnitTestResult>",
    b"<test-run><test-suite><test-case>",
    b"<test-results><test-suite><results>",
    b"<assemblies><assembly><collection><test>",
    b"<TestResult xmlns='http://checklists.nist.gov/xccdf/1.2'><rule-result><result>",
    b'{"platform":{},"profiles":[{"controls":[{"results":[{"status":"',
    b'[{"id":"a","ip":"/","severity":"OK","finding":"',
    b'{"scanResult":[',
    b"a,b\n",
    b'{"version":"2.1.0","runs":[{"tool":{},"results":[',
    b'{"results":[{"check":"a"},',
    b'[{"check":"a"},',
    b'{"@context":"https://openvex.dev/ns/v0.2.0","statements":[',
    b'{"document":{"csaf_version":"2.0"},"vulnerabilities":[',
    b'{"assessment-results":{"metadata":{},"results":[{"findings":[',
    b"<assessment-results xmlns='http://csrc.nist.gov/ns/oscal/1.0'><result><finding><target><status>",
    b"<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><vulnerabilities><vulnerability><id>",
)


class Endless(io.RawIOBase):
    """A large file without its bytes: a beginning, and a piece repeated until the size is reached."""

    def __init__(self, begin, piece, size):
        self._begin, self._piece, self._size, self._at = begin, piece, size, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self._at = offset
        return offset

    def read(self, size=-1):
        size = self._size - self._at if size < 0 else min(size, self._size - self._at)
        if size <= 0:
            return b""
        if self._at == 0 and self._begin:
            self._at = len(self._begin)
            return self._begin
        self._at += size
        return (self._piece * (size // len(self._piece) + 1))[:size]


def read_all(name, stream):
    run, results = formats()[name].read(stream)
    return run, sum(1 for _ in results)


@pytest.mark.parametrize(
    "name",
    [
        "junit",
        "nmap",
        "testssl",
        "sslyze",
        "sslscan",
        "ssh_audit",
        "csv",
        "sarif",
        "trivy",
        "zap_xml",
        "zap_json",
        "nessus",
        "semgrep",
        "bandit",
        "gitleaks",
        "nuclei",
        "dependency_check",
        "checkov",
        "kubebench",
        "docker_bench",
        "prowler",
        "trx",
        "nunit",
        "xunit",
        "cyclonedx",
        "openvex",
        "csaf",
        "oscal",
        "tap",
        "openvas",
        "json",
        "xccdf",
        "inspec_hdf",
    ],
)
@given(begin=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(name, begin, rest):
    recognise(begin + rest)
    try:
        run, results = formats()[name].read(io.BytesIO(begin + rest))
        for result in results:
            assert isinstance(result, Result)
            assert "\0" not in result.message
        assert run.format == name
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
CHILDREN = st.sampled_from(
    ["", "<failure/>", "<error/>", "<skipped/>", "<error/><failure/>", "<system-out>x</system-out>"]
)
CASES = st.lists(CHILDREN, max_size=8)


@st.composite
def suites(draw, depth=0):
    inner = draw(st.lists(suites(depth=depth + 1), max_size=2)) if depth < 3 else []
    return draw(CASES), inner


def written(suite):
    cases, inner = suite
    body = "".join(f'<testcase name="t{n}">{child}</testcase>' for n, child in enumerate(cases))
    return f"<testsuite name='s' tests='77'>{body}{''.join(map(written, inner))}</testsuite>"


def children(suite):
    cases, inner = suite
    yield from cases
    for child in inner:
        yield from children(child)


@given(trees=st.lists(suites(), max_size=3))
def test_any_tree_of_suites_has_exact_counts(trees):
    content = f"<testsuites>{''.join(map(written, trees))}</testsuites>".encode()
    _, results = formats()["junit"].read(io.BytesIO(content))
    outcomes = [result.outcome for result in results]
    truth = [child for tree in trees for child in children(tree)]
    assert len(outcomes) == len(truth)
    assert outcomes.count("fail") == sum("failure" in child for child in truth)
    assert outcomes.count("error") == sum("error" in child and "failure" not in child for child in truth)
    assert outcomes.count("skipped") == sum("skipped" in child for child in truth)


@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=4), max_size=6))
@example(rows=[["", "", ",0"], ["", ",0"]])
@example(rows=[["", "", ",0"], ["", ","]])
def test_any_table_has_exact_rows(rows):
    import csv

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two", "three", "four"])
    writer.writerows(rows)
    _, results = formats()["csv"].read(io.BytesIO(text.getvalue().encode("utf-8-sig")))
    values = [
        [value for name, value in result.properties if name != MARKS and not is_added(name)] for result in results
    ]
    assert values == rows


@given(cut=st.integers(min_value=1, max_value=400))
@settings(max_examples=40)
def test_truncated_file_is_never_read_as_complete(cut):
    whole = b"<testsuites>" + b"".join(b'<testcase name="%d"/>' % n for n in range(20)) + b"</testsuites>"
    with pytest.raises(Unreadable):
        read_all("junit", io.BytesIO(whole[: max(13, len(whole) - cut)]))


def test_gigabyte_of_zeros_is_refused_at_once():
    began = time.monotonic()
    assert recognise(bytes(65_536)) is None
    for name in formats():
        with pytest.raises(Unreadable):
            read_all(name, Endless(b"", b"\0", 1 << 30))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("name", "begin", "piece"),
    [
        ("junit", b"<testsuite><testcase name='a'><failure>", b"x" * 1024),  # one text without an end
        ("junit", b"<testsuite>", b"<x/>"),  # elements that are nobody's
        ("junit", b"<testsuite>", b"<testcase name='abc'/>"),
        ("junit", b"<testsuite a='", b"x" * 1024),  # one attribute without an end
        ("junit", b"<testsuite>", b"<deep>"),
        ("trx", b"<TestRun><TestDefinitions>", b"<UnitTest id='abc'/>"),
        ("nunit", b"<test-run>", b"<test-case name='abc' result='Passed'/>"),
        ("xunit", b"<assemblies><assembly>", b"<test name='abc' result='Pass'><reason>x</reason></test>"),
        ("openvas", b"<report><results>", b"<result><name>x</name></result>"),
        ("xccdf", b"<TestResult>", b"<rule-result idref='a'><result>pass</result></rule-result>"),
        ("xccdf", b"<TestResult><rule-result>", b"<message>x</message>"),
        ("xccdf", b"<Benchmark>", b"<Rule id='abc'><title>x</title></Rule>"),
        ("inspec_hdf", b'{"profiles":[', b'{"name":"a","controls":[]},'),
        ("inspec_hdf", b'{"profiles":[{"controls":[', b'{"id":"a","results":[{"status":"failed"}]},'),
        ("tap", b"1..2\nok 1 - ", b"x" * 1024),
        ("nmap", b"<nmaprun><host><ports>", b'<port protocol="tcp" portid="1"/>'),
        ("testssl", b'[{"id":"', b"x" * 1024),
        ("testssl", b"", b"["),
        ("sslyze", b'{"server_scan_results":[{"a":"', b"x" * 1024),
        ("ssh_audit", b'[{"banner":"', b"x" * 1024),
        ("sslscan", b"<document><ssltest><certificate><altnames>", b"x" * 1024),
        ("sslscan", b"<document><ssltest>", b'<cipher cipher="A"/>'),
        ("sarif", b'{"runs":[{"results":[{"a":"', b"x" * 1024),
        ("sarif", b"", b"["),
        ("json", b'[{"a":"', b"x" * 1024),
        ("json", b"[{}", b",[1]"),
        ("openvex", b'{"statements":[{"a":"', b"x" * 1024),
        ("csaf", b'{"product_tree":{"branches":[', b'{"branches":['),
        ("oscal", b'{"assessment-results":{"results":[{"findings":[{"a":"', b"x" * 1024),
        ("oscal", b"<assessment-results><result><finding>", b"<title>x</title>"),
        ("oscal", b"<assessment-results><result><finding>", b"<target>"),
        ("csv", b"a,b\n", b"x" * 1024),  # a line without an end
        ("csv", b'a,b\n1,"', b"x\n" * 512),  # a quote without an end
        ("csv", b"a,b\n", b"," * 1024),
    ],
)
def test_endless_files_take_little_memory(name, begin, piece):
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read_all(name, Endless(begin, piece, 12 << 20))
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "begin", "piece"),
    [
        ("csv", b"a,b\n", b"1,2\n"),
        ("tap", b"TAP version 14\n", b"ok\n"),
        ("csv", b"a,b\n", b"x" * 1023 + b"\n"),
    ],
)
def test_long_tables_take_little_memory(name, begin, piece):
    tracemalloc.start()
    try:
        _, count = read_all(name, Endless(begin, piece, 1 << 20))
        assert count > 1_000
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_external_entities_are_not_read_or_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    for declared in (
        f'<!ENTITY e SYSTEM "file://{secret}">',
        f'<!ENTITY % p SYSTEM "file://{secret}"> %p;',
        '<!ENTITY e SYSTEM "http://192.0.2.1/">',
    ):
        content = f'<!DOCTYPE testsuite [{declared}]><testsuite name="&e;"><testcase name="&e;"/></testsuite>'
        with pytest.raises(Unreadable, match="entities"):
            read_all("junit", io.BytesIO(content.encode()))


DECLARED = '<!ENTITY a "b">'
SUITE = '<testsuite name="s"><testcase name="&a;"/></testsuite>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE t [{d}]>",
        """<!DOCTYPE t SYSTEM "x>y" [{d}]>""",
        """<!DOCTYPE t SYSTEM '>' [{d}]>""",
        """<!DOCTYPE t PUBLIC "-//a//b" "><testsuite name='x'>" [{d}]>""",
        """<!DOCTYPE t SYSTEM "a]>b" [{d}]>""",
        """<!DOCTYPE t SYSTEM "<!--" [{d}]><!-- -->""",
        """<!-- <testsuite> --><!DOCTYPE t
  SYSTEM '"><testsuite x="'
  [{d}]>""",
        """<?pi <!DOCTYPE t> ?><!DOCTYPE t SYSTEM "?>" [{d}]>""",
    ],
)
def test_internal_dtd_is_detected_by_a_parser(doctype, encoding):
    """A `>` or a `[` in quotes is text, although it looks like the end or start of a DOCTYPE."""
    label = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    content = (label + doctype.format(d=DECLARED) + SUITE).encode(encoding)
    with pytest.raises(Unreadable):
        read_all("junit", io.BytesIO(content))
    beginning = xml_stream.prolog(content)
    assert beginning is None or beginning.declares is not False


@pytest.mark.parametrize(
    "doctype",
    [
        "",
        "<!DOCTYPE testsuite>",
        """<!DOCTYPE t SYSTEM "x[y]>z">""",
        """<!DOCTYPE t PUBLIC "-//a//b" '>"['><!-- [ -->""",
    ],
)
def test_plain_doctype_is_accepted(doctype):
    content = doctype + '<testsuite name="s"><testcase name="a"/></testsuite>'
    assert xml_stream.prolog(content.encode()).declares is False


def test_internal_dtd_behind_unparsable_text_is_refused():
    """A file is refused when two parsers disagree on its first element."""
    long = b'<!DOCTYPE t SYSTEM "><testsuite ' + b"x" * 70_000 + b'" [' + DECLARED.encode() + b"]>" + SUITE.encode()
    with pytest.raises(Unreadable):
        read_all("junit", io.BytesIO(long))
    assert xml_stream.prolog(long[:HEAD]).declares is None


def test_internal_dtd_after_a_long_comment_is_refused():
    long = b"<!--" + b"x" * 70_000 + b"-->"
    content = b"<?xml version='1.0'?>" + long + b'<!DOCTYPE t [<!ENTITY a "b">]><testsuite name="&a;"/>'
    with pytest.raises(Unreadable):
        read_all("junit", io.BytesIO(content))


def test_external_dtd_is_not_fetched():
    content = b'<!DOCTYPE nmaprun PUBLIC "//IDN nmap.org//DTD" "http://192.0.2.1/nmap.dtd"><nmaprun><runstats><finished exit="success"/></runstats></nmaprun>'
    run, count = read_all("nmap", io.BytesIO(content))
    assert (run.complete, count) == (True, 0)


def test_very_long_names_stay_different():
    cases = b"".join(b'<testcase name="%s%d"/>' % (b"x" * 5_000, n) for n in (1, 2))
    _, results = formats()["junit"].read(io.BytesIO(b"<testsuite>" + cases + b"</testsuite>"))
    first, second = (result.check for result in results)
    assert first != second
    assert len(first) == len(second) == 400


def test_characters_that_no_database_stores_are_replaced():
    content = b'[{"id":"a\\u0000","ip":"h/1.2.3.4","port":"443","severity":"OK","finding":"\\ud800 x"}]'
    _, results = formats()["testssl"].read(io.BytesIO(content))
    (result,) = results
    assert "\0" not in result.check
    result.message.encode()
