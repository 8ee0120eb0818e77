"""testssl.sh, SSLyze and sslscan on the same two servers; ssh-audit and nmap on servers of this machine."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence.judging.tls.readings import readings
from tests.process import free_port
from tests.tools.conftest import REFUSED, Product, day, find_tool
from tests.tools.servers import HOST, open_port, ssh_server, tls_server

Scan = Callable[[Path, int], Path]
SSLYZE = (
    "certinfo sslv2 sslv3 tlsv1 tlsv1_1 tlsv1_2 tlsv1_3 elliptic_curves ems early_data compression reneg heartbleed "
    "openssl_ccs robot http_headers"
)
UNTRUSTED = "certificate: untrusted chain"


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with tls_server(tmp_path_factory.mktemp("weak"), weak=True) as port:
        yield port


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with tls_server(tmp_path_factory.mktemp("strict"), weak=False) as port:
        yield port


def by_testssl(folder: Path, port: int) -> Path:
    words = ("--ip", "127.0.0.1", "--warnings", "off", "--jsonfile-pretty", "scan.json", f"{HOST}:{port}")
    find_tool("testssl.sh", "testssl").run(*words, folder=folder, codes=tuple(range(242)))  # the number of findings
    return folder / "scan.json"


def by_sslyze(folder: Path, port: int) -> Path:
    commands = [f"--{command}" for command in SSLYZE.split()]
    words = (*commands, "--mozilla_config", "disable", "--json_out", "scan.json", f"{HOST}:{port}")
    find_tool("sslyze").run(*words, folder=folder)
    return folder / "scan.json"


def by_sslscan(folder: Path, port: int) -> Path:
    find_tool("sslscan").run("--show-sigs", "--xml=scan.xml", f"{HOST}:{port}", folder=folder)
    return folder / "scan.xml"


SCANS = pytest.mark.parametrize("scan", [by_testssl, by_sslyze, by_sslscan], ids=["testssl", "sslyze", "sslscan"])
#: what the weak server accepts and no table does
WEAKNESSES = {
    "protocol: TLS 1.0",
    "protocol: TLS 1.1",
    "cipher-suite: TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
    "cipher-suite: TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "cipher-suite: TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
}


@SCANS
def test_weak_server_fails_on_its_versions_and_suites(product: Product, scan: Scan, weak: int, tmp_path: Path) -> None:
    uploaded = product.upload_scan(scan(tmp_path, weak), "tls-scan", f"{HOST}:{weak}")
    assert uploaded.formats == {scan.__name__.removeprefix("by_")}
    assert (uploaded.code, uploaded.verdicts) == (1, {"fail"})
    assert uploaded.failing >= {*WEAKNESSES, UNTRUSTED}
    (run,) = product.runs(uploaded)
    assert (run["complete"], run["remark"]) == (True, "")


@SCANS
def test_strict_server_fails_on_its_certificate_only(product: Product, scan: Scan, strict: int, tmp_path: Path) -> None:
    """It has signed the certificate itself; everything else is as the guidelines want it."""
    uploaded = product.upload_scan(scan(tmp_path, strict), "tls-scan", f"{HOST}:{strict}")
    assert uploaded.failing == {UNTRUSTED}
    assert any("was not recorded as an address" in reason for reason in uploaded.waits)


def test_three_scanners_say_the_same_of_the_same_server(product: Product, weak: int, tmp_path: Path) -> None:
    suites = {}
    for scan in (by_sslyze, by_sslscan, by_testssl):
        (folder := tmp_path / scan.__name__.removeprefix("by_")).mkdir()
        uploaded = product.upload_scan(scan(folder, weak), "tls-scan", f"{HOST}:{weak}")
        suites[scan] = {check for check in uploaded.failing if check.startswith(("protocol", "cipher-suite"))}
    assert suites[by_sslyze] == suites[by_sslscan]
    assert suites[by_testssl] - {"cipher-suite: anonymous"} == suites[by_sslyze]  # testssl.sh names their group as well


@SCANS
def test_scan_of_a_port_where_nothing_answers_shows_nothing(product: Product, scan: Scan, tmp_path: Path) -> None:
    port = free_port()
    try:
        path = scan(tmp_path, port)
    except AssertionError:  # testssl.sh and sslscan end with an error
        path = next(tmp_path.glob("scan.*"), None)
    if path is None or not path.is_file():
        pytest.skip("it writes no file then")
    uploaded = product.upload_scan(path, "tls-scan", f"{HOST}:{port}")
    assert uploaded.code == REFUSED or uploaded.verdicts == {"none"}


def test_every_name_of_openssl_for_a_suite_is_known() -> None:
    """Except those of servers without a certificate (PSK, SRP), which no web server offers."""
    names = readings("sslscan")._suites
    written = find_tool("openssl").run("ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", folder=Path.cwd())
    pairs = [line.split()[:3] for line in written.splitlines() if not re.search("PSK|SRP", line)]
    assert len(pairs) > 50
    assert {own: standard for standard, _, own in pairs if own != standard and names.get(own) != standard} == {}


# ── ssh-audit ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ssh_audit(folder: Path, port: int) -> Path:
    written = find_tool("ssh-audit").run("-jj", "-p", str(port), "127.0.0.1", folder=folder, codes=(0, 2, 3))
    (folder / "ssh.json").write_text(written)
    return folder / "ssh.json"


@pytest.mark.parametrize(
    ("settings", "fails"),
    [
        (
            ("KexAlgorithms curve25519-sha256", "Ciphers aes256-gcm@openssh.com", "MACs hmac-sha2-512-etm@openssh.com"),
            set(),
        ),
        (
            ("KexAlgorithms +diffie-hellman-group14-sha1", "Ciphers aes128-cbc,aes256-ctr", "MACs hmac-sha1"),
            {"diffie-hellman-group14-sha1", "aes128-cbc", "hmac-sha1"},
        ),
    ],
    ids=["strict", "weak"],
)
def test_settings_of_an_ssh_server(
    product: Product, tmp_path: Path, settings: tuple[str, ...], fails: set[str]
) -> None:
    with ssh_server(tmp_path, *settings) as port:
        path = ssh_audit(tmp_path, port)
    uploaded = product.upload_scan(path, "ssh-settings", f"127.0.0.1:{port}")
    assert uploaded.formats == {"ssh_audit"}
    assert uploaded.verdicts == {"fail" if fails else "pass"}, uploaded.reasons
    assert all(any(name in check for check in uploaded.failing) for name in fails), uploaded.failing
    assert any("day" in reason for reason in uploaded.waits)  # the file has no moment


# ── nmap ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

ADDRESS = "127.77.0.1"  # of this machine, and of nothing else that listens on it


def nmap(folder: Path, *words: str) -> Path:
    find_tool("nmap").run("-sT", "-n", "-Pn", "-T4", *words, "-oX", "ports.xml", ADDRESS, folder=folder)
    return folder / "ports.xml"


def test_port_that_should_be_closed_fails(product: Product, tmp_path: Path) -> None:
    with open_port(ADDRESS) as port:
        path = nmap(tmp_path, "-p-")
    uploaded = product.upload_scan(path, "management-port-scan", ADDRESS)
    assert (uploaded.formats, uploaded.verdicts) == ({"nmap"}, {"fail"})
    assert any(f"tcp/{port}" in check for check in uploaded.failing)
    (run,) = product.runs(uploaded)
    assert (run["complete"], run["first_day"]) == (True, day())


def test_scan_of_a_single_port_shows_nothing(product: Product, tmp_path: Path) -> None:
    uploaded = product.upload_scan(nmap(tmp_path, "-p", str(free_port())), "management-port-scan", ADDRESS)
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_scan_of_names_only_shows_nothing(product: Product, tmp_path: Path) -> None:
    find_tool("nmap").run("-sn", "-n", "-oX", "ports.xml", ADDRESS, folder=tmp_path)
    uploaded = product.upload_scan(tmp_path / "ports.xml", "management-port-scan", ADDRESS)
    assert uploaded.code == REFUSED or uploaded.verdicts == {"none"}
