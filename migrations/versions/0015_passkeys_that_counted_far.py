"""signature counters of passkeys are 32 bits without a sign (WebAuthn, 6.1.1), more than PostgreSQL's INTEGER holds"""

from alembic import op

import models.columns

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite's integers have 64 bits
        op.alter_column("passkey", "sign_count", type_=models.columns.Counter)
