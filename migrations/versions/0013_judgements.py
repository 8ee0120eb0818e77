"""judgements: when evidence was judged and with what; the days that a run tells"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    moment = models.columns.Moment(timezone=True)
    op.create_table(
        "judgement",
        sa.Column("evidence", models.columns.Identifier, sa.ForeignKey("evidence.id"), primary_key=True),
        sa.Column("judged_at", moment, primary_key=True),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("policies", models.columns.Document, nullable=False),
        sa.Column("compared", models.columns.Document, nullable=False),
    )
    protect_tables("judgement")
    for name in ("ended_at", "judged_at"):
        op.add_column("test_run", sa.Column(name, moment, nullable=True))
    for name in ("first_day", "last_day"):
        op.add_column("test_run", sa.Column(name, sa.Date(), nullable=True))
    _judged_when_recorded()


def _judged_when_recorded() -> None:
    """What was filed so far was judged once, in the moment that it was recorded."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute("ALTER TABLE test_run DISABLE TRIGGER test_run_append_only")
    else:
        op.execute("DROP TRIGGER test_run_refuse_update")
        op.execute("DROP TRIGGER test_run_refuse_delete")
    op.execute("UPDATE test_run SET judged_at = (SELECT e.recorded_at FROM evidence e WHERE e.id = test_run.evidence)")
    if is_postgresql:
        op.execute("ALTER TABLE test_run ENABLE TRIGGER test_run_append_only")
    else:
        protect_tables("test_run")
