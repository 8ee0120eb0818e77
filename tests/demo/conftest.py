"""The demo, built once for all tests of this folder, by whichever worker comes first."""

import fcntl
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.__main__ import build
from models.transaction import make_engine
from tests.days import CALENDAR


@dataclass
class Demo:
    """The demo's folder, an engine, the day it was built for, and the seconds that it took."""

    data: Path
    engine: Engine
    today: date
    seconds: float


@pytest.fixture(scope="session")
def demo(tmp_path_factory, request):
    own = tmp_path_factory.mktemp("demo") / "data"
    is_worker = hasattr(request.config, "workerinput")
    shared = tmp_path_factory.getbasetemp().parent / "demo of all workers" if is_worker else own
    now, seconds = built(shared)
    if is_worker:
        shutil.copytree(shared, own)  # tests add to it
    engine = make_engine(f"sqlite:///{own / 'aantoonbaar.db'}", CALENDAR)
    yield Demo(own, engine, CALENDAR.day_of(now), seconds)
    engine.dispose()


def built(folder: Path) -> tuple[datetime, float]:
    """Build the demo unless another worker did; the moment that it was built for, and the seconds that it took."""
    facts = folder.with_suffix(".built")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # others wait
        if not facts.exists():
            now, began = datetime.now(UTC), time.process_time()
            build(folder, now)
            facts.write_text(f"{now.isoformat()} {time.process_time() - began}")
    now, seconds = facts.read_text().split()
    return datetime.fromisoformat(now), float(seconds)
