"""who provides the evidence of a requirement, and the days for which it is planned"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    moment = models.columns.Moment(timezone=True)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("team", sa.String(), sa.ForeignKey("team.key"), nullable=False),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_assignment_version", "assignment", ["requirement", "recorded_at"])
    op.create_table(
        "planned_day",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("by_default", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_planned_day_version", "planned_day", ["requirement", "system", "target", "recorded_at"])
    protect_tables("assignment", "planned_day")
