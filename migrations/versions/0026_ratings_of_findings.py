"""severity on the common scale beside the tool's own word, and what a scan looked at; empty for results from before"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0026"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("test_result", sa.Column("rating", sa.String(), nullable=False, server_default=""))
    op.add_column("test_run", sa.Column("examined", models.columns.Document, nullable=True))
