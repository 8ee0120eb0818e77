"""exceptions are an accepted risk or a false positive; those from before are accepted risks"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("check_exception", sa.Column("kind", sa.String(), nullable=False, server_default="accepted risk"))
