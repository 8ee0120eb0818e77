"""Triggers that keep `series.first_word_at`: the first moment at which a person said something of a series' evidence.

In the database, not in the verbs: a review that went past it would let rejected evidence count.
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


def follow() -> None:
    op.execute(_SO_FAR)
    for table, change in (("review", _REVIEWED), ("series_closing", _CLOSED)):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE FUNCTION {table}_first_word() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {change} RETURN NEW; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_first_word AFTER INSERT ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_first_word()"
            )
        else:
            op.execute(f"CREATE TRIGGER {table}_first_word AFTER INSERT ON {table} BEGIN {change} END")
