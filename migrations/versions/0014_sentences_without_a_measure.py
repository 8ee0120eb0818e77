"""the sentences of a statement without a measure, with the reason"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("statement", sa.Column("no_measure", models.columns.Document, nullable=False, server_default="[]"))
