"""a digest over all attempts to sign in, at the end of their log; of those that are there as they are"""

import sqlalchemy as sa
from alembic import op

from access.activity.login_log_seal import FIELDS, START, next_digest
from models import LoginAttempt

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    end = op.create_table(
        "login_log_end",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
    )
    digest, number = START, 0
    attempt = LoginAttempt.__table__.c
    attempts = sa.select(*(attempt[name] for name in FIELDS)).order_by(attempt.id)
    for row in op.get_bind().execute(attempts).mappings():
        digest, number = next_digest(digest, dict(row)), row["id"]
    op.bulk_insert(end, [{"id": 1, "attempt": number, "digest": digest}])


def downgrade() -> None:
    op.drop_table("login_log_end")
