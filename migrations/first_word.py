"""Triggers that maintain `series.first_word_at`: the first moment from which the newest evidence need not decide.

That is the first review or closing, the first second judgement, or the first evidence that needs a review although its
requirement accepts automatically. Triggers, not verbs, do this: a review that bypassed it would let rejected evidence
count.
"""

from alembic import op

_REVIEWED = """UPDATE series SET first_word_at = NEW.recorded_at
  WHERE id IN (SELECT series FROM coverage WHERE evidence = NEW.evidence)
    AND (first_word_at IS NULL OR first_word_at > NEW.recorded_at);"""
_CLOSED = """UPDATE series SET first_word_at = NEW.recorded_at
  WHERE id = NEW.series AND (first_word_at IS NULL OR first_word_at > NEW.recorded_at);"""

_SO_FAR = """UPDATE series SET first_word_at = (
  SELECT MIN(at) FROM (
    SELECT MIN(v.recorded_at) AS at FROM review v JOIN coverage e ON e.evidence = v.evidence WHERE e.series = series.id
    UNION ALL SELECT MIN(x.recorded_at) FROM series_closing x WHERE x.series = series.id
  ) words)"""


_JUDGED = """UPDATE series SET first_word_at = NEW.judged_at
  WHERE id = NEW.series AND (first_word_at IS NULL OR first_word_at > NEW.judged_at);"""
_NOT_PLAIN = "NEW.needs_review = 1 OR NEW.judged_at <> NEW.recorded_at"


def follow() -> None:
    op.execute(_SO_FAR)
    follow_review()
    _follow("series_closing", _CLOSED)


def follow_review() -> None:
    _follow("review", _REVIEWED)


def follow_coverage() -> None:
    """Follow evidence that needs a review although its requirement does not, and evidence that is judged again."""
    _follow("coverage", _JUDGED, f"WHEN ({_NOT_PLAIN})")


def _follow(table: str, change: str, when: str = "") -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_first_word() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {change} RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_first_word AFTER INSERT ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {table}_first_word()"
        )
    else:
        op.execute(f"CREATE TRIGGER {table}_first_word AFTER INSERT ON {table} {when} BEGIN {change} END")
