"""drafts of statements, and the statements that were published in the product"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0021"
down_revision = "0019"


def upgrade() -> None:
    moment = models.columns.Moment(timezone=True)
    op.create_table(
        "statement_draft",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_table(
        "statement_draft_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("draft", sa.String(), sa.ForeignKey("statement_draft.key"), nullable=False),
        sa.Column("details", models.columns.Document, nullable=False),
        sa.Column("sentences", models.columns.Document, nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_statement_draft_version_draft", "statement_draft_version", ["draft"])
    op.create_table(
        "statement_publication",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("draft", sa.String(), sa.ForeignKey("statement_draft.key"), nullable=False),
        sa.Column("yaml", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    protect_tables("statement_draft", "statement_draft_version", "statement_publication")
