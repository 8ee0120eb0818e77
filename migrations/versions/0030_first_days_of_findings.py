"""the first day of each finding, and the runs in which it was seen or gone; findings from before count as seen then"""

import sqlalchemy as sa
from alembic import op

import models.columns
from migrations.append_only import protect_tables

revision = "0030"
down_revision = "0029"

#: Ratings are of findings. Each run that shows one is a sighting; where that adds nothing, it changes nothing.
_SEEN_BEFORE = """
INSERT INTO finding_change (evidence, judged_at, "check", target, is_seen, day, first_day)
SELECT t.evidence, t.judged_at, r."check", r.target, :seen, COALESCE(t.last_day, e.last_day),
       MIN(COALESCE(t.first_day, e.first_day))
FROM test_result r JOIN test_run t ON t.id = r.run JOIN evidence e ON e.id = t.evidence
WHERE r.rating <> '' AND r.outcome = 'fail' AND r.level <> 'set aside' AND t.judged_at IS NOT NULL
GROUP BY t.evidence, t.judged_at, r."check", r.target, COALESCE(t.last_day, e.last_day)
ORDER BY t.judged_at, t.evidence, r."check", r.target
"""


def upgrade() -> None:
    op.add_column("test_result", sa.Column("first_day", sa.Date(), nullable=True))
    op.create_table(
        "finding_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("evidence", models.columns.Identifier, sa.ForeignKey("evidence.id"), nullable=False),
        sa.Column("judged_at", models.columns.Moment(timezone=True), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
    )
    op.execute(sa.text(_SEEN_BEFORE).bindparams(seen=True))
    op.create_index("ix_finding_change_evidence", "finding_change", ["evidence", "check", "target"])
    protect_tables("finding_change")
