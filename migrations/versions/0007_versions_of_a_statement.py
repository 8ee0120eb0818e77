"""versions of a statement: which one it replaces, and since when it counts"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("statement", sa.Column("replaces", sa.String(), nullable=True))
    op.add_column("statement", sa.Column("loaded_at", models.columns.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statement") as table:
        table.drop_column("loaded_at")
        table.drop_column("replaces")
