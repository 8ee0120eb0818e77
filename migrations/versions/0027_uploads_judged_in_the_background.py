"""uploads that are judged in the background, or that may be sent again under the same key"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    moment, document = models.columns.Moment(timezone=True), models.columns.Document
    op.create_table(
        "upload",
        sa.Column("id", models.columns.Identifier, primary_key=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("token", sa.Integer(), sa.ForeignKey("api_token.id"), nullable=True),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("fields", document, nullable=False),
        sa.Column("files", document, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("evidence", models.columns.Identifier, sa.ForeignKey("evidence.id"), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("warnings", document, nullable=False),
        sa.Column("problem", document, nullable=True),
        sa.UniqueConstraint("sender", "key"),
    )
    op.create_index("ix_upload_state", "upload", ["state", "received_at"])
