"""live checks of recorded addresses: switched on and off, with every run"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "live_check",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("details", models.columns.Document, nullable=False),
        sa.Column("allows_inside", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("requested_at", models.columns.Moment(timezone=True), nullable=True),
        sa.Column("recorded_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_live_check_version", "live_check", ["key", "recorded_at"])
    op.create_table(
        "live_check_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", models.columns.Identifier, sa.ForeignKey("evidence.id"), nullable=True),
    )
    op.create_index("ix_live_check_run", "live_check_run", ["check", "at"])
    protect_tables("live_check", "live_check_run")


def downgrade() -> None:
    op.drop_table("live_check_run")
    op.drop_table("live_check")
