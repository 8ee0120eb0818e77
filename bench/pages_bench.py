"""The readiness page's whole script on three years of history, as Streamlit runs it."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.big_history import fill
from bench.report import Report
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.transaction import make_engine
from readiness.answer_cache import clear_caches
from readiness.over_time.trend import save_past_weeks
from tests.days import CALENDAR
from tests.people import officer

ROOT = Path(__file__).parents[1]


def run(folder: Path, report: Report) -> None:
    report.title("Pages")
    os.environ["AANTOONBAAR_DATA"] = str(folder)
    made = make_engine(f"sqlite:///{folder / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(made)
    audit = fill(made, evidence=100_000, results=1_000_000)
    save_past_weeks(made, audit.systems, calendar_of(made).day_of(datetime.now(UTC)))
    account = officer(made)[0].account
    made.dispose()
    from settings import engine

    first = _script(account)
    rest = min(_script(account) for _ in range(7))
    written = []
    for _ in range(5):
        clear_caches(engine())  # the effect of a write on the answers: later ones are queried with its moment
        written.append(_script(account))
    report.line("readiness page, the whole script", rest, "s", limit=0.25)
    report.line("the same, within seconds after a write", min(written), "s")
    report.line("the same, the first time in a process", first, "s")


def _script(account: str) -> float:
    from streamlit.testing.v1 import AppTest

    start = time.perf_counter()
    page = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=60)
    page.user = {"account": account}
    page.run()
    took = time.perf_counter() - start
    assert not page.exception, page.exception
    assert not page.error, page.error
    return took
