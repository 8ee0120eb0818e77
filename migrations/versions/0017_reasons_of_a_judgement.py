"""why evidence that is judged again waits for a review; empty (NULL) for judgements from before"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("judgement", sa.Column("review_reasons", models.columns.Document, nullable=True))
