"""what the rule reads fast: the first word on a series, a wider index, the trend's past weeks"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.first_word import follow

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("series", sa.Column("first_word_at", models.columns.Moment(timezone=True), nullable=True))
    op.drop_index("ix_coverage_newest", "coverage")
    newest = ["series", "last_day", "recorded_at", "fails", "evidence", "verdict"]
    op.create_index("ix_coverage_newest", "coverage", newest)
    op.create_table(
        "trend_week",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("systems", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("controls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "systems", "day", "catalogue", "status"),
    )
    follow()
