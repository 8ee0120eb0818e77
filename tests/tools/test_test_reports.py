"""pytest and jest with jest-junit on small projects of access tests."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import REFUSED, Product, Tool, day, find_tool

Lay = Callable[..., Path]
ACCESS = ("-r", "access-control-tests")
LEVELS = ("anonymous", "wrong-role", "right-role")
PYTEST = """import pytest

@pytest.mark.parametrize("level", ["anonymous", "wrong-role", "right-role"])
def test_access(level, record_property):
    record_property("page", "home")
    record_property("level", level)
    assert {condition}
"""
JEST = """for (const level of ['anonymous', 'wrong-role', 'right-role'])
  {call}(`access[page=home][level=${{level}}]`, () => {{ expect(level).not.toBe('{refused}') }})
"""


def of_pytest(folder: Path) -> Path:
    find_tool("pytest").run("-q", "--junitxml=report.xml", "-p", "no:cacheprovider", folder=folder, codes=(0, 1, 2))
    return folder / "report.xml"


def of_jest(folder: Path) -> Path:
    jest = find_tool("jest")
    (folder / "package.json").write_text(json.dumps({"jest-junit": {"reportTestSuiteErrors": "true"}}))
    jest.run("--ci", "--reporters", reporter(jest), "--rootDir", folder, folder=folder, codes=(0, 1))
    return folder / "junit.xml"


def reporter(jest: Tool) -> Path:
    """jest-junit, installed beside jest."""
    path = Path(jest.path).parents[1] / "jest-junit"
    if not path.is_dir():
        pytest.skip("jest-junit is not here: install it in the folder of jest")
    return path


def pytest_project(condition: str) -> dict[str, str]:
    return {"test_access.py": PYTEST.format(condition=condition)}


def jest_project(call: str = "test", refused: str = "nobody") -> dict[str, str]:
    return {"access.test.js": JEST.format(call=call, refused=refused)}


@pytest.mark.parametrize(("run", "files"), [(of_pytest, pytest_project("level")), (of_jest, jest_project())])
def test_run_that_covers_each_level_passes(
    product: Product, lay: Lay, run: Callable[[Path], Path], files: dict[str, str]
) -> None:
    uploaded = product.upload(run(lay(files)), *ACCESS)
    assert (uploaded.formats, uploaded.answer["counts"]) == ({"junit"}, {"pass": 3})
    assert (uploaded.code, uploaded.verdicts) == (0, {"pass"}), uploaded.reasons
    assert product.runs(uploaded)[0]["first_day"] == day()


@pytest.mark.parametrize(
    ("run", "files"),
    [(of_pytest, pytest_project("level != 'anonymous'")), (of_jest, jest_project(refused="anonymous"))],
)
def test_failing_case_fails(product: Product, lay: Lay, run: Callable[[Path], Path], files: dict[str, str]) -> None:
    uploaded = product.upload(run(lay(files)), *ACCESS)
    assert uploaded.answer["counts"] == {"pass": 2, "fail": 1}
    assert (uploaded.code, uploaded.verdicts) == (1, {"fail"})


@pytest.mark.parametrize(
    ("run", "files"),
    [(of_pytest, pytest_project("pytest.skip('not today')")), (of_jest, jest_project(call="test.skip"))],
)
def test_run_of_skipped_cases_shows_nothing(
    product: Product, lay: Lay, run: Callable[[Path], Path], files: dict[str, str]
) -> None:
    uploaded = product.upload(run(lay(files)), *ACCESS)
    assert uploaded.answer["counts"] == {"skipped": 3}
    assert "pass" not in uploaded.verdicts


@pytest.mark.parametrize(
    ("run", "files"),
    [(of_pytest, {"test_access.py": "import absent\n"}), (of_jest, {"access.test.js": "require('absent')\n"})],
)
def test_module_that_does_not_load_fails(
    product: Product, lay: Lay, run: Callable[[Path], Path], files: dict[str, str]
) -> None:
    path = run(lay(files))
    uploaded = product.upload(path, *ACCESS)
    if uploaded.code == REFUSED:  # jest-junit writes 1970
        uploaded = product.upload(path, *ACCESS, "--first-day", day())
    assert uploaded.verdicts == {"fail"}, uploaded.answer
