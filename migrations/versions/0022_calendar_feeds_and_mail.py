"""secret addresses of the calendar; what was sent by mail, and who does not want the digest"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    moment = models.columns.Moment(timezone=True)
    op.add_column("account", sa.Column("digest", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("secret_sha256", sa.String(), nullable=False, unique=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("token", sa.Integer(), sa.ForeignKey("api_token.id"), nullable=True),
        sa.Column("team", sa.String(), sa.ForeignKey("team.key"), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
    )
    op.create_index("ix_calendar_feed_account", "calendar_feed", ["account"])
    op.create_table(
        "mail_delivery",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
    )
    op.create_index("ix_mail_delivery_day", "mail_delivery", ["account", "kind", "day"])
    protect_tables("mail_delivery")
