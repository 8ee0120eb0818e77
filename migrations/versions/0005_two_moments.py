"""two moments: of the last fact that readiness asks about, and of the last sign-in or sign-out"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("INSERT INTO clock (id, last) SELECT 2, last FROM clock WHERE id = 1")


def downgrade() -> None:
    op.execute("UPDATE clock SET last = (SELECT max(last) FROM clock) WHERE id = 1")
    op.execute("DELETE FROM clock WHERE id = 2")
