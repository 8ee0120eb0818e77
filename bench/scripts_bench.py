"""The processor time of every page's script with the demo's year, and what a day of clicks leaves in memory."""

import gc
import os
import statistics
from pathlib import Path

from bench.demo_data import DemoData, demo_data
from bench.report import Report
from bench.server import ROOT
from dashboard.shell.page_script import script
from dashboard.shell.streamlit_adapter import timed_scripts
from evidence.judging.policies import use
from jobs.limit_garbage_collection import settle

_RUNS, _ROUNDS = 20, 50
_P50, _P95 = 60, 120  # ms, of each page


def run(folder: Path, report: Report) -> None:
    report.title("Scripts of pages")
    os.environ["AANTOONBAAR_DATA"] = str(folder / "data")
    demo = demo_data(folder / "data")
    from settings import settings

    use(settings().policies)
    for page in demo.pages:  # imports what pages import
        _times(demo, page, 1)
    settle()
    for page in demo.pages:
        took = _times(demo, page, _RUNS)
        name = page or "readiness"
        report.line(f"{name}, p50 of processor time", statistics.median(took), "ms", limit=_P50)
        report.line(f"{name}, p95", statistics.quantiles(took, n=20)[-1], "ms", limit=_P95)
    before = _resident()
    for _ in range(_ROUNDS):
        for page in demo.pages:
            _times(demo, page, 1)
    grown = _resident() - before
    report.line(f"memory that {2 * _ROUNDS * len(demo.pages):,} scripts left, without collecting by hand", grown, "MB")
    gc.collect()
    report.line("the same after collecting", _resident() - before, "MB", limit=50)


def _times(demo: DemoData, page: str, runs: int) -> list[float]:
    """Milliseconds of each run of a page that was opened and drawn once before."""
    from streamlit.testing.v1 import AppTest

    opened = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=120)
    opened.user = {"account": demo.officer}
    if page:
        for name, value in (pair.split("=", 1) for pair in filter(None, [demo.pages[page]])):
            opened.query_params[name] = value
        opened.run()
        opened.switch_page(_page_file(page))
    opened.run()
    assert not opened.exception, (page, opened.exception)
    with timed_scripts() as seconds:
        for _ in range(runs):
            opened.run()
    return [1000 * duration for duration in seconds]


def _page_file(page: str) -> str:
    return str(script(page).relative_to(ROOT / "dashboard"))


def _resident() -> float:
    """MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmRSS")
