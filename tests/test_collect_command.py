"""`make collect` on a data folder: evidence of the product itself, with the included statement."""

from datetime import UTC, datetime, timedelta

from access.people import agreements
from access.permissions import BUILT_IN, SECURITY_OFFICER, SYSTEM
from controls.load import load
from migrations import bring_up_to_date
from models.transaction import make_engine, reading, writing
from readiness import readiness
from tests.access.households import person
from tests.days import CALENDAR
from tests.process import command


def test_collect_stores_own_evidence_and_prints_outcomes(tmp_path):
    code, output = command(tmp_path, "collect")
    assert (code, "no database of Aantoonbaar yet" in output) == (1, True)
    engine = make_engine(f"sqlite:///{tmp_path / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    with writing(engine) as (session, now):
        load(session, SYSTEM, now)
        agreements.publish_first_versions(session, now)
    person(engine, "Olga", "olga@example.org", [(SECURITY_OFFICER, None, None)], starts=CALENDAR.day_of(now), at=now)
    code, output = command(tmp_path, "collect")
    assert code == 0, output
    for line in (
        "Agreements accepted by role: filed pass",
        "Access matrix: filed pass",
        "Activity log unaltered: filed pass",
    ):
        assert line in output
    assert "TLS of the own address: nothing http://localhost:8600 is reached without TLS" in output
    assert "Access matrix: stands pass" in command(tmp_path, "collect")[1]
    with reading(engine) as session:
        result = readiness(
            session, BUILT_IN, CALENDAR.day_of(datetime.now(UTC)), datetime.now(UTC) + timedelta(hours=1)
        )
    status = {cell.requirement: cell.status for cell in result.cells if cell.system == "aantoonbaar"}
    engine.dispose()
    shown = {requirement for requirement, value in status.items() if value == "demonstrated"}
    assert shown == {"own-access-matrix", "own-agreements-accepted", "activity-log-unaltered"}
    assert status["own-address-tls"] == status["login-log-complete"] == "missing"
