"""The readiness page's whole script on three years of history, as Streamlit runs it."""

import os
import time
from pathlib import Path

from bench.big_history import fill
from bench.report import Report
from migrations import bring_up_to_date
from models.transaction import make_engine

HOUSE = Path(__file__).parents[1]


def run(folder: Path, report: Report) -> None:
    report.title("Pages")
    os.environ["AANTOONBAAR_DATA"] = str(folder)
    engine = make_engine(f"sqlite:///{folder / 'aantoonbaar.db'}")
    bring_up_to_date(engine)
    fill(engine, evidence=100_000, results=1_000_000)
    engine.dispose()
    from streamlit.testing.v1 import AppTest

    took = []
    for _ in range(8):
        start = time.perf_counter()
        page = AppTest.from_file(str(HOUSE / "dashboard" / "main.py"), default_timeout=60).run()
        took.append(time.perf_counter() - start)
        assert not page.exception, page.exception
        assert not page.error, page.error
    report.line("readiness page, the first time in a process", took[0], "s")
    report.line("readiness page, the whole script", min(took[1:]), "s", limit=0.25)
