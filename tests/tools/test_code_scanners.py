"""Bandit, Semgrep and Checkov on code that was made for them: with weaknesses, without, and broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import Product, day, find_tool

Lay = Callable[..., Path]
WEAK = """import hashlib
import subprocess


def run(command):
    subprocess.call(command, shell=True)


def digest(content):
    return hashlib.md5(content).hexdigest()
"""
CLEAN = "def total(numbers):\n    return sum(numbers)\n"
BROKEN = "import subprocess\nsubprocess.call('ls', shell=True\n"
RULES = """rules:
  - id: shell
    languages: [python]
    severity: ERROR
    message: A shell runs the command.
    pattern: subprocess.call(..., shell=True)
"""
WEAK_IMAGE = "FROM python\nRUN apt-get update\nADD app.py /\nEXPOSE 22\n"
STRICT_IMAGE = """FROM python:3.13-slim
RUN useradd --system app
USER app
HEALTHCHECK CMD ["python", "-c", "pass"]
CMD ["python", "-m", "app"]
"""
BUCKET = 'resource "aws_s3_bucket" "records" {\n  bucket = "records"\n  acl    = "public-read"\n}\n'
SCAN = ("-r", "vulnerability-scan-results")
SETTINGS = ("-r", "configuration-benchmark-results")


# ── Bandit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def bandit(folder: Path) -> Path:
    find_tool("bandit").run("-q", "-r", ".", "-f", "json", "-o", "scan.json", folder=folder, codes=(0, 1))
    return folder / "scan.json"


def test_bandit_findings_get_their_terms(product: Product, lay: Lay) -> None:
    uploaded = product.upload(bandit(lay({"app.py": WEAK})), *SCAN)
    (run,) = product.runs(uploaded)
    assert (run["format"], run["complete"], run["first_day"]) == ("bandit", True, day())
    assert uploaded.answer["counts"] == {"fail": 3}
    assert {(row["check"], row["rating"]) for row in product.results(uploaded)} == {
        ("B404", "low"),
        ("B602", "high"),
        ("B324", "high"),
    }
    (cell,) = uploaded.answer["coverage"]
    assert (cell["verdict"], cell["ends"]) == ("pass", day(-14))  # high: two weeks to mend it


def test_clean_bandit_scan_passes(product: Product, lay: Lay) -> None:
    uploaded = product.upload(bandit(lay({"app.py": CLEAN})), *SCAN)
    assert (uploaded.code, uploaded.verdicts) == (0, {"pass"})
    assert uploaded.answer["counts"] == {}
    assert any("declared" in reason for reason in uploaded.waits)  # the file does not say which system it is


def test_bandit_scan_that_could_not_read_a_file_shows_nothing(product: Product, lay: Lay) -> None:
    uploaded = product.upload(bandit(lay({"app.py": CLEAN, "broken.py": BROKEN})), *SCAN)
    assert uploaded.verdicts == {"none"}
    assert not product.runs(uploaded)[0]["complete"]


def test_bandit_scan_of_nothing_shows_nothing(product: Product, lay: Lay) -> None:
    assert product.upload(bandit(lay({"readme.txt": "no code"})), *SCAN).verdicts == {"none"}


def test_bandit_findings_that_the_code_silences_wait(product: Product, lay: Lay) -> None:
    silenced = WEAK.replace("shell=True)", "shell=True)  # nosec B602")
    uploaded = product.upload(bandit(lay({"app.py": silenced})), *SCAN)
    assert uploaded.waits


# ── Semgrep ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def semgrep(folder: Path, form: str = "--json") -> Path:
    (folder / "rules.yaml").write_text(RULES)
    words = ("scan", "--metrics=off", "--disable-version-check", "--quiet", "--config", "rules.yaml")
    find_tool("semgrep").run(*words, form, "--output", "scan.json", "app.py", folder=folder, codes=(0, 1, 2, 3))
    return folder / "scan.json"


@pytest.mark.parametrize(("form", "read_as"), [("--json", "semgrep"), ("--sarif", "sarif")])
def test_semgrep_finding_fails_after_its_term(product: Product, lay: Lay, form: str, read_as: str) -> None:
    """Its file has no moment, so the day is entered."""
    path = semgrep(lay({"app.py": WEAK}), form)
    first = product.upload(path, *SCAN, "--first-day", day(20))
    assert (first.formats, first.answer["counts"]) == ({read_as}, {"fail": 1})
    second = product.upload(path, *SCAN, "--first-day", day())
    assert second.answer["counts"] == {"fail": 1}
    assert (second.code, second.verdicts) == (1, {"fail"})


def test_clean_semgrep_scan_passes(product: Product, lay: Lay) -> None:
    uploaded = product.upload(semgrep(lay({"app.py": CLEAN})), *SCAN, "--first-day", day())
    assert uploaded.answer["counts"] == {}
    assert uploaded.verdicts == {"pass"}, uploaded.reasons


def test_clean_sarif_of_semgrep_shows_nothing(product: Product, lay: Lay) -> None:
    """Semgrep's SARIF does not name the files that it scanned."""
    uploaded = product.upload(semgrep(lay({"app.py": CLEAN}), "--sarif"), *SCAN, "--first-day", day())
    assert uploaded.answer["counts"] == {}
    assert uploaded.verdicts == {"none"}


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_semgrep_scan_that_could_not_parse_a_file_shows_nothing(product: Product, lay: Lay, form: str) -> None:
    uploaded = product.upload(semgrep(lay({"app.py": BROKEN}), form), *SCAN, "--first-day", day())
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_semgrep_finding_that_the_code_silences_waits(product: Product, lay: Lay) -> None:
    silenced = WEAK.replace("shell=True)", "shell=True)  # nosemgrep")
    uploaded = product.upload(semgrep(lay({"app.py": silenced}), "--sarif"), *SCAN, "--first-day", day())
    assert uploaded.waits


# ── Checkov ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def checkov(folder: Path, *more: str) -> Path:
    words = ("-d", ".", "-o", "json", "--skip-download", *more)
    written = find_tool("checkov").run(*words, folder=folder, codes=(0, 1))
    (folder.parent / "scan.json").write_text(written)
    return folder.parent / "scan.json"


def test_checkov_reads_each_framework_with_its_passes(product: Product, lay: Lay) -> None:
    uploaded = product.upload(
        checkov(lay({"main.tf": BUCKET, "Dockerfile": WEAK_IMAGE})), *SETTINGS, "--first-day", day()
    )
    assert uploaded.formats == {"checkov"}
    counts = uploaded.answer["counts"]
    assert counts["fail"] >= 5
    assert counts["pass"] >= 5
    assert {"CKV_AWS_20", "CKV_DOCKER_7"} <= {
        row["check"] for row in product.results(uploaded) if row["outcome"] == "fail"
    }
    assert (uploaded.code, uploaded.verdicts) == (1, {"fail"})
    assert all(run["complete"] for run in product.runs(uploaded))


def test_strict_settings_pass_checkov(product: Product, lay: Lay) -> None:
    uploaded = product.upload(checkov(lay({"Dockerfile": STRICT_IMAGE})), *SETTINGS, "--first-day", day())
    assert set(uploaded.answer["counts"]) == {"pass"}
    assert uploaded.verdicts == {"pass"}, uploaded.reasons


def test_checkov_that_leaves_out_its_passes_shows_nothing(product: Product, lay: Lay) -> None:
    path = checkov(lay({"Dockerfile": STRICT_IMAGE}), "--quiet")
    assert product.upload(path, *SETTINGS, "--first-day", day()).verdicts == {"none"}


def test_checkov_that_could_not_parse_a_file_shows_nothing(product: Product, lay: Lay) -> None:
    files = {"Dockerfile": STRICT_IMAGE, "main.tf": 'resource "aws_s3_bucket" {{{\n'}
    uploaded = product.upload(checkov(lay(files)), *SETTINGS, "--first-day", day())
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_checkov_that_checked_nothing_shows_nothing(product: Product, lay: Lay) -> None:
    uploaded = product.upload(checkov(lay({"readme.txt": "no settings"})), *SETTINGS, "--first-day", day())
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_check_that_the_code_skips_waits(product: Product, lay: Lay) -> None:
    skipping = f"#checkov:skip=CKV_DOCKER_7:pinned elsewhere\n{STRICT_IMAGE.replace(':3.13-slim', ':latest')}"
    uploaded = product.upload(checkov(lay({"Dockerfile": skipping})), *SETTINGS, "--first-day", day())
    assert uploaded.waits
