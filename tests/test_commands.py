"""Commands of the operator on a data folder."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from access.activity import record
from access.permissions import BUILT_IN, SYSTEM
from access.sign_in import link_redemption
from migrations import bring_up_to_date
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.people import officer
from tests.process import command, python


def test_verify_reports_intact_and_damaged_data(tmp_path):
    data = tmp_path / "data"
    code, output = command(data, "verify")
    assert (code, "no database of Aantoonbaar yet" in output) == (1, True)
    assert not data.exists()
    data.mkdir()
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    for number in range(3):
        with writing(engine) as (session, now):
            record.record(session, BUILT_IN, "test", str(number), now)
    engine.dispose()
    before = contents(data)
    code, output = command(data, "verify")
    assert (code, "Entries: 3." in output, "The activity log is what was written" in output) == (0, True, True), output
    assert contents(data) == before == ["aantoonbaar.db"]
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TRIGGER activity_refuse_delete"))
        connection.execute(text("DELETE FROM activity WHERE id = 2"))
    engine.dispose()
    code, output = command(data, "verify")
    assert (code, "entry 2 is missing" in output) == (1, True), output
    assert "Table activity is no longer protected" in output


def contents(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "no database of Aantoonbaar"),
        (b"garbage " * 4_000, "file is not a database"),
        (None, "no database of Aantoonbaar"),
    ],
)
def test_verify_reports_a_file_that_is_not_a_database(tmp_path, content, expected):
    path = tmp_path / "aantoonbaar.db"
    if content is None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE something (else_ TEXT)")
    else:
        path.write_bytes(content)
    code, output = command(tmp_path, "verify")
    assert (code, expected in output, "Traceback" in output) == (1, True, False), output
    assert contents(tmp_path) == ["aantoonbaar.db"]


@pytest.mark.parametrize("damaged", range(1, 9))
def test_verify_reports_a_damaged_page(tmp_path, damaged):
    # a page of 4 kB is overwritten, as by a failing disk
    path = tmp_path / "aantoonbaar.db"
    engine = make_engine(f"sqlite:///{path}", CALENDAR)
    bring_up_to_date(engine)
    for number in range(200):
        with writing(engine) as (session, now):
            record.record(session, BUILT_IN, "test", str(number), now, filling="x" * 400)
    engine.dispose()
    content = path.read_bytes()
    page = 4096 * (len(content) * damaged // 9 // 4096)
    path.write_bytes(content[:page] + b"\xa5" * 4096 + content[page + 4096 :])
    code, output = command(tmp_path, "verify")
    assert (code, "Traceback" in output) == (1, False), output
    assert "damaged" in output or "read" in output


def test_link_command_prints_a_recovery_link(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    person = officer(engine)[0]
    code, output = command(tmp_path, "link", "Anna@example.org")
    assert code == 0, output
    token = output.strip().rpartition("/link/")[2]
    with writing(engine) as (session, now):
        assert link_redemption.describe_link(session, token, now).account == person.account
        log = session.execute(text("SELECT verb, person FROM activity ORDER BY id DESC")).first()
        assert tuple(log) == ("link.make", SYSTEM.name)
    engine.dispose()
    code, output = command(tmp_path, "link", "nobody@example.org")
    assert (code, "no account" in output) == (1, True)


def test_unknown_command_prints_the_usage(tmp_path):
    code, output = command(tmp_path, "frobnicate", start=python)
    assert (code, "verify" in output) == (2, True)


def test_draft_writes_files_and_overwrites_nothing(tmp_path):
    text = "# Our security\n\nWe encrypt all traffic with TLS. We like tea.\n"
    (tmp_path / "our text.md").write_text(text, encoding="utf-8")
    code, output = command(tmp_path, "draft", str(tmp_path / "our text.md"), str(tmp_path / "new"))
    assert (code, "2 sentences read; 1 possible promises" in output) == (0, True), output
    made = (tmp_path / "new" / "our-text.yaml").read_text(encoding="utf-8")
    assert made.count("confirmed: false") == 2  # once for the sentence and once in the instructions
    assert "en: Our security" in made
    assert (tmp_path / "new" / "our-text.md").read_text(encoding="utf-8") == text
    code, output = command(tmp_path, "draft", str(tmp_path / "our text.md"), str(tmp_path / "new"))
    assert (code, "exists already" in output) == (1, True), output
    code, output = command(tmp_path, "draft", str(tmp_path / "none.md"), str(tmp_path))
    assert (code, "can't be read" in output) == (1, True), output
