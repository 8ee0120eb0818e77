"""The whole process on a data folder of its own, and a browser in front of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import CHROMIUM, chromium, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not here: the browser tests are left out")
    with chromium() as chrome:
        yield chrome


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A process with an empty data folder, as on a new machine."""
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as served_address:
        yield served_address
