"""Triggers maintain `series.first_word_at`, however rows are written."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlmodel import Session

from migrations import bring_up_to_date
from models.transaction import make_engine
from tests.days import CALENDAR

COVERAGE = """
INSERT INTO coverage (id, evidence, series, verdict, fails, needs_review, first_day, last_day, recorded_at, judged_at,
  reason) VALUES
  (1, 'e', 1, 'pass', 0, 0, '2026-01-01', '2026-01-01', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', ''),
  (2, 'e', 2, 'pass', 0, 0, '2026-01-01', '2026-01-01', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', '')
"""
FACTS = """
INSERT INTO cell (id, requirement, system, target) VALUES (1, 'r', '', ''), (2, 'r', 's', ''), (3, 'r', 't', '');
INSERT INTO series (id, cell, tool) VALUES (1, 1, 'a'), (2, 2, 'a'), (3, 3, 'a');
INSERT INTO evidence (id, recorded_at, kind, title, first_day, last_day, tool, format, note, declared, uploaded_by,
  content_key) VALUES ('e', '2026-01-01 00:00:00.000000', 'test', '', '2026-01-01', '2026-01-01', '', '', '', '{}', '',
  'e')
"""
BEFORE = """
INSERT INTO coverage (id, evidence, series, verdict, fails, first_day, last_day, recorded_at, reason) VALUES
  (1, 'e', 1, 'pass', 0, '2026-01-01', '2026-01-01', '2026-01-01 00:00:00.000000', ''),
  (2, 'e', 2, 'pass', 0, '2026-01-01', '2026-01-01', '2026-01-01 00:00:00.000000', '')
"""
WORDS = """
INSERT INTO review (evidence, decision, recorded_at, reviewed_by, remark) VALUES
  ('e', 'accepted', '2026-03-01 00:00:00.000000', '', ''), ('e', 'rejected', '2026-02-01 00:00:00.000000', '', '');
INSERT INTO series_closing (series, reason, closed_day, recorded_at, closed_by) VALUES
  (2, '', '2026-01-02', '2026-01-02 00:00:00.000000', '')
"""


def run(session, statements):
    for statement in statements.split(";\n"):
        session.execute(text(statement))


def first_words(session):
    rows = session.execute(text("SELECT first_word_at FROM series ORDER BY id")).scalars()
    return [str(row)[:10] if row else None for row in rows]


def test_first_moment_of_reviews_and_closings_is_stored_in_any_order(engine):
    with Session(engine.execution_options(writes=True)) as session:
        run(session, FACTS)
        run(session, COVERAGE)
        assert first_words(session) == [None, None, None]
        run(session, WORDS)
        assert first_words(session) == ["2026-02-01", "2026-01-02", None]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_migration_fills_moments_of_earlier_reviews_and_closings(database, request, tmp_path):
    if database == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'older.db'}", CALENDAR)
    else:
        engine = request.getfixturevalue("empty_postgresql")
    config = Config("alembic.ini")
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with Session(engine.execution_options(writes=True)) as session:
        run(session, FACTS)
        run(session, BEFORE)
        run(session, WORDS)
        session.commit()
    bring_up_to_date(engine)
    with Session(engine) as session:
        assert first_words(session) == ["2026-02-01", "2026-01-02", None]
        assert session.execute(text("SELECT last FROM clock WHERE id = 1")).scalar_one() is not None
    engine.dispose()


AGAIN = """
INSERT INTO coverage (id, evidence, series, verdict, fails, needs_review, first_day, last_day, recorded_at, judged_at,
  reason) VALUES
  (3, 'e', 1, 'fail', 1, 0, '2026-01-01', '2026-01-01', '2026-01-01 00:00:00.000000', '2026-04-01 00:00:00.000000', ''),
  (4, 'e', 3, 'pass', 0, 1, '2026-01-01', '2026-01-01', '2026-05-01 00:00:00.000000', '2026-05-01 00:00:00.000000', '')
"""


def test_first_moment_of_second_judgements_and_required_reviews_is_stored(engine):
    with Session(engine.execution_options(writes=True)) as session:
        run(session, FACTS)
        run(session, COVERAGE)
        run(session, AGAIN)
        assert first_words(session) == ["2026-04-01", None, "2026-05-01"]
