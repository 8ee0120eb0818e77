"""`make verify` on a data folder: what an auditor asks for."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from access import activity
from access.permissions import BUILT_IN
from migrations import bring_up_to_date
from models.transaction import make_engine, writing

ROOT = Path(__file__).parent.parent


def verify(data):
    done = subprocess.run(
        [sys.executable, "app.py", "verify"],
        cwd=ROOT,
        env={**os.environ, "AANTOONBAAR_DATA": str(data), "AANTOONBAAR_DATABASE": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_says_whether_the_log_is_what_was_written(tmp_path):
    code, said = verify(tmp_path)
    assert (code, "no activity log yet" in said) == (1, True)
    engine = make_engine(f"sqlite:///{tmp_path / 'aantoonbaar.db'}")
    bring_up_to_date(engine)
    for number in range(3):
        with writing(engine) as (session, now):
            activity.record(session, BUILT_IN, "test", str(number), now)
    code, said = verify(tmp_path)
    assert (code, "Entries: 3." in said) == (0, True), said
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TRIGGER activity_refuse_delete"))
        connection.execute(text("DELETE FROM activity WHERE id = 2"))
    engine.dispose()
    code, said = verify(tmp_path)
    assert (code, "entry 2 is missing" in said) == (1, True), said
