"""other ways in: passkeys, the identity provider, tokens of a person and for some requirements and systems"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("added_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("used_at", models.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential"),
    )
    op.create_index("ix_passkey_account", "passkey", ["account"])
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", models.columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_index("ix_identity_account", "identity", ["account"])
    # Nothing has given out a token before this: the table can be made anew.
    op.drop_table("api_token")
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("permissions", models.columns.Document, nullable=False),
        sa.Column("requirements", models.columns.Document, nullable=False),
        sa.Column("systems", models.columns.Document, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("issued_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("used_at", models.columns.Moment(timezone=True), nullable=True),
        sa.Column("revoked_at", models.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"]),
        sa.ForeignKeyConstraint(["team"], ["team.key"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
