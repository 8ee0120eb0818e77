"""addresses of targets: since and until a day, with their versions"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "target_address",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("system", sa.String(), sa.ForeignKey("system.key"), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_target_address_version", "target_address", ["key", "recorded_at"])
    op.create_index("ix_target_address_system", "target_address", ["system"])
    protect_tables("target_address")


def downgrade() -> None:
    op.drop_table("target_address")
