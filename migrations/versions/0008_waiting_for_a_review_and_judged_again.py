"""evidence that waits for a review whatever its requirement says, and evidence that is judged again"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables
from migrations.first_word import follow_coverage, follow_review

revision = "0008"
down_revision = "0007"

_NEWEST = ["series", "last_day", "recorded_at", "fails", "evidence", "verdict", "judged_at"]
_KEPT = "id, evidence, series, verdict, fails, first_day, last_day, explicit_end, recorded_at, reason"


def upgrade() -> None:
    op.add_column("evidence", sa.Column("review_reasons", models.columns.Document, nullable=False, server_default="[]"))
    if op.get_bind().dialect.name == "postgresql":
        _change()
    else:
        _make_anew()
    op.create_index("ix_coverage_newest", "coverage", _NEWEST)
    follow_coverage()


def _change() -> None:
    op.drop_index("ix_coverage_newest", "coverage")
    op.execute("ALTER TABLE coverage DISABLE TRIGGER coverage_append_only")
    op.add_column("coverage", sa.Column("needs_review", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("coverage", sa.Column("judged_at", models.columns.Moment(timezone=True), nullable=True))
    op.execute("UPDATE coverage SET judged_at = recorded_at")
    op.alter_column("coverage", "judged_at", nullable=False)
    op.alter_column("coverage", "needs_review", server_default=None)
    op.drop_constraint("coverage_evidence_series_key", "coverage", type_="unique")
    op.create_unique_constraint("coverage_evidence_series_judged_at_key", "coverage", ["evidence", "series", "judged_at"])
    op.execute("ALTER TABLE coverage ENABLE TRIGGER coverage_append_only")


def _make_anew() -> None:
    """SQLite can't change a table's constraints: both tables are copied, and their triggers made again."""
    op.execute("DROP TRIGGER review_first_word")
    op.create_table(
        "coverage_new",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("evidence", models.columns.Identifier, sa.ForeignKey("evidence.id"), nullable=False),
        sa.Column("series", sa.Integer(), sa.ForeignKey("series.id"), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("needs_review", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("explicit_end", sa.Date(), nullable=True),
        sa.Column("recorded_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("judged_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("evidence", "series", "judged_at"),
    )
    op.create_table(
        "coverage_check_new",
        sa.Column("coverage", sa.Integer(), sa.ForeignKey("coverage_new.id"), primary_key=True),
        sa.Column("check", sa.String(), primary_key=True),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.execute(
        f"INSERT INTO coverage_new ({_KEPT}, needs_review, judged_at) SELECT {_KEPT}, 0, recorded_at FROM coverage"
    )
    op.execute('INSERT INTO coverage_check_new SELECT coverage, "check", reason FROM coverage_check')
    op.drop_table("coverage_check")
    op.drop_table("coverage")
    op.rename_table("coverage_new", "coverage")
    op.rename_table("coverage_check_new", "coverage_check")
    protect_tables("coverage", "coverage_check")
    follow_review()
