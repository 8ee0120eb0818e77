"""editions of policies of the organisation's own"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "policy_edition",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("copy_of", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("requirements", models.columns.Document, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.UniqueConstraint("policy", "number"),
    )
    protect_tables("policy_edition")
