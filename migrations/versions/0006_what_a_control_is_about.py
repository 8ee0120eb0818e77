"""what a control is about, which catalogues are followed, what a crosswalk rests on, what must be documented"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "explanation",
        sa.Column("control", sa.String(), nullable=False),
        sa.Column("purpose_nl", sa.String(), nullable=False),
        sa.Column("purpose_en", sa.String(), nullable=False),
        sa.Column("adds_nl", sa.String(), nullable=False),
        sa.Column("adds_en", sa.String(), nullable=False),
        sa.Column("looks_for", models.columns.Document, nullable=False),
        sa.Column("shown_nl", sa.String(), nullable=False),
        sa.Column("shown_en", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["control"], ["control.key"]),
        sa.PrimaryKeyConstraint("control"),
    )
    for name in ("followed_at", "left_at"):
        op.add_column("catalogue", sa.Column(name, models.columns.Moment(timezone=True), nullable=True))
    # whoever had a catalogue until now answered to it
    op.execute("UPDATE catalogue SET followed_at = '2000-01-01 00:00:00+00:00'")
    op.add_column("catalogue", sa.Column("themes", models.columns.Document, nullable=False, server_default="{}"))
    for name in ("source_nl", "source_en", "note_nl", "note_en"):
        op.add_column("crosswalk", sa.Column(name, sa.String(), nullable=False, server_default=""))
    documented = sa.Column("documented", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("evidence_requirement", documented)


def downgrade() -> None:
    op.drop_column("evidence_requirement", "documented")
    for name in ("note_en", "note_nl", "source_en", "source_nl"):
        op.drop_column("crosswalk", name)
    op.drop_column("catalogue", "themes")
    op.drop_column("catalogue", "left_at")
    op.drop_column("catalogue", "followed_at")
    op.drop_table("explanation")
