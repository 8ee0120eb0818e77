"""The commands on a data folder: what an auditor asks for, and what whoever runs the machine needs."""

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
from tests.process import command


def test_it_says_whether_all_is_what_was_written(tmp_path):
    data = tmp_path / "data"
    code, said = command(data, "verify")
    assert (code, "no database of Aantoonbaar yet" in said) == (1, True)
    assert not data.exists()
    data.mkdir()
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    for number in range(3):
        with writing(engine) as (session, now):
            record.record(session, BUILT_IN, "test", str(number), now)
    engine.dispose()
    before = contents(data)
    code, said = command(data, "verify")
    assert (code, "Entries: 3." in said, "The activity log is what was written" in said) == (0, True, True), said
    assert contents(data) == before == ["aantoonbaar.db"]
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TRIGGER activity_refuse_delete"))
        connection.execute(text("DELETE FROM activity WHERE id = 2"))
    engine.dispose()
    code, said = command(data, "verify")
    assert (code, "entry 2 is missing" in said) == (1, True), said
    assert "Table activity is no longer protected" in said


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
def test_what_is_no_database_is_told_in_a_sentence(tmp_path, content, expected):
    path = tmp_path / "aantoonbaar.db"
    if content is None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE something (else_ TEXT)")
    else:
        path.write_bytes(content)
    code, said = command(tmp_path, "verify")
    assert (code, expected in said, "Traceback" in said) == (1, True, False), said
    assert contents(tmp_path) == ["aantoonbaar.db"]


@pytest.mark.parametrize("damaged", range(1, 9))
def test_a_damaged_page_is_told(tmp_path, damaged):
    """Somewhere in the file 4 kB are overwritten, as by a failing disk."""
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
    code, said = command(tmp_path, "verify")
    assert (code, "Traceback" in said) == (1, False), said
    assert "damaged" in said or "read" in said


def test_who_is_shut_out_gets_a_link(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    person = officer(engine)[0]
    code, said = command(tmp_path, "link", "Anna@example.org")
    assert code == 0, said
    token = said.strip().rpartition("/link/")[2]
    with writing(engine) as (session, now):
        assert link_redemption.describe_link(session, token, now).account == person.account
        log = session.execute(text("SELECT verb, person FROM activity ORDER BY id DESC")).first()
        assert tuple(log) == ("link.make", SYSTEM.name)
    engine.dispose()
    code, said = command(tmp_path, "link", "nobody@example.org")
    assert (code, "no account" in said) == (1, True)


def test_what_is_no_command_is_told(tmp_path):
    code, said = command(tmp_path, "frobnicate")
    assert (code, "verify" in said) == (2, True)


def test_a_statement_is_started_from_a_text_and_nothing_is_overwritten(tmp_path):
    text = "# Our security\n\nWe encrypt all traffic with TLS. We like tea.\n"
    (tmp_path / "our text.md").write_text(text, encoding="utf-8")
    code, said = command(tmp_path, "draft", str(tmp_path / "our text.md"), str(tmp_path / "new"))
    assert (code, "2 sentences read; 1 possible promises" in said) == (0, True), said
    made = (tmp_path / "new" / "our-text.yaml").read_text(encoding="utf-8")
    assert made.count("confirmed: false") == 2  # and once in what it says to do
    assert "en: Our security" in made
    assert (tmp_path / "new" / "our-text.md").read_text(encoding="utf-8") == text
    code, said = command(tmp_path, "draft", str(tmp_path / "our text.md"), str(tmp_path / "new"))
    assert (code, "exists already" in said) == (1, True), said
    code, said = command(tmp_path, "draft", str(tmp_path / "none.md"), str(tmp_path))
    assert (code, "can't be read" in said) == (1, True), said
