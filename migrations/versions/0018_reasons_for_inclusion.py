"""the Statement of Applicability: reasons for inclusion, and how far a control is implemented"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("applicability", sa.Column("reasons", models.columns.Document, nullable=False, server_default="[]"))
    for name in ("reference", "implementation", "implemented_by"):
        op.add_column("applicability", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("applicability", sa.Column("implementation_day", sa.Date(), nullable=True))
