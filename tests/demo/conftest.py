"""The demo, built once for all tests of this folder."""

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
def demo(tmp_path_factory):
    data, now, began = tmp_path_factory.mktemp("demo") / "data", datetime.now(UTC), time.process_time()
    build(data, now)
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    yield Demo(data, engine, CALENDAR.day_of(now), time.process_time() - began)
    engine.dispose()
