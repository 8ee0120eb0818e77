"""cyclonedx-py and pip-audit on a file of requirements: a list of components is no scan."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import REFUSED, Product, day, find_tool

Lay = Callable[..., Path]
SCAN = ("-r", "vulnerability-scan-results", "--first-day", day())
OLD = "jinja2==2.4.1\n"  # with published vulnerabilities
NONE = "six==1.17.0\n"


def pip_audit(folder: Path, form: str) -> Path:
    words = ("-r", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", form)
    try:
        find_tool("pip-audit").run(*words, "-o", "audit.json", folder=folder, codes=(0, 1))
    except AssertionError as failed:
        pytest.skip(f"pip-audit could not finish: {str(failed)[:200]}")
    if not (folder / "audit.json").is_file():
        pytest.skip("pip-audit did not reach its service: it needs pypi.org")
    return folder / "audit.json"


@pytest.mark.parametrize("form", ["JSON", "XML"])
def test_bill_of_materials_shows_nothing(product: Product, lay: Lay, form: str) -> None:
    folder = lay({"requirements.txt": OLD})
    words = ("requirements", "--of", form, "-o", "bom", "requirements.txt")
    find_tool("cyclonedx-py").run(*words, folder=folder)
    uploaded = product.upload(folder / "bom", *SCAN)
    assert (uploaded.formats, uploaded.answer["counts"]) == ({"cyclonedx"}, {})
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_vulnerabilities_of_pip_audit_fail(product: Product, lay: Lay) -> None:
    path = pip_audit(lay({"requirements.txt": OLD}), "cyclonedx-json")
    if not json.loads(path.read_bytes()).get("vulnerabilities"):
        pytest.skip("the service of pip-audit knows no vulnerabilities here: a mirror of PyPI may leave them out")
    uploaded = product.upload(path, *SCAN)
    assert uploaded.formats == {"cyclonedx"}
    assert sum(uploaded.answer["counts"].values()) > 0
    assert uploaded.verdicts != {"none"}, uploaded.reasons


def test_clean_bill_of_pip_audit_shows_nothing(product: Product, lay: Lay) -> None:
    uploaded = product.upload(pip_audit(lay({"requirements.txt": NONE}), "cyclonedx-json"), *SCAN)
    assert uploaded.verdicts == {"none"}, uploaded.reasons


def test_json_of_pip_audit_itself_is_refused(product: Product, lay: Lay) -> None:
    """It has no tool, no moment, and is no format that is read."""
    assert product.upload(pip_audit(lay({"requirements.txt": OLD}), "json"), *SCAN).code == REFUSED
