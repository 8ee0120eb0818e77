"""a mapping that came with the statement is its editors' until somebody of the organisation confirms it"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("mapping", sa.Column("confirmed_at", models.columns.Moment(timezone=True), nullable=True))
    op.add_column("mapping", sa.Column("confirmed_by", sa.String(), nullable=False, server_default=""))
    # what a person of the organisation reviewed until now is confirmed; what a file said is not
    op.execute(
        "UPDATE mapping SET confirmed_at = reviewed_at, confirmed_by = reviewed_by "
        "WHERE reviewed_by IN (SELECT name FROM account)"
    )
