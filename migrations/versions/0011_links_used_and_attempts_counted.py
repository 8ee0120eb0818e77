"""which links chose a password, and how many attempts to sign in one row counts"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("one_time_link", sa.Column("redeemed_at", models.columns.Moment(timezone=True), nullable=True))
    op.add_column("login_attempt", sa.Column("attempts", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("login_attempt", "attempts")
    op.drop_column("one_time_link", "redeemed_at")
