"""Triggers that refuse update and delete on append-only tables: evidence, results, reviews, the activity log."""

from alembic import op

TABLES = (
    "activity",
    "evidence",
    "evidence_file",
    "coverage",
    "coverage_check",
    "test_run",
    "test_result",
    "review",
    "applicability",
    "series_closing",
    "evidence_requirement",
    "crosswalk",
    "scope_period",
    "audit",
)


#: tables added later, each protected by the migration that created it
LATER = (
    "login_attempt",
    "agreement",
    "acceptance",
    "checkpoint",
    "target_address",
    "judgement",
    "assignment",
    "planned_day",
    "mail_delivery",
    "statement_draft",
    "statement_draft_version",
    "statement_publication",
    "policy_edition",
    "live_check",
    "live_check_run",
    "finding_change",
)


def protect() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    protect_tables(*TABLES)


def protect_tables(*tables: str) -> None:
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
