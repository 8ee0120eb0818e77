"""The job of live checks: one check a round, and the next at once while more are due."""

from access.permissions import BUILT_IN
from controls.scope import live_checks
from evidence.collect.collector_context import CollectorContext
from evidence.collect.live.last_runs import live_check_states
from jobs.check_live import job
from jobs.values import JobContext
from models.transaction import reading, writing
from models.vocabulary import LiveCheckKind
from tests.evidence.office import open_office


def test_one_check_is_run_a_round(engine, tmp_path):
    office = open_office(engine, tmp_path)
    with writing(engine) as (session, now):
        for target in ("portal.example.nl", "api.example.nl:8443"):
            live_checks.switch_on(session, BUILT_IN, LiveCheckKind.HTTPS, now, system="portal", target=target)
    work = job(JobContext(engine, office.store, CollectorContext("", tmp_path)))
    rounds = [work.run() for _ in range(3)]
    assert rounds == [1.0, 1.0, None]
    with reading(engine) as session:
        states = live_check_states(session, BUILT_IN)
    assert [state.last.result for state in states] == ["nothing", "nothing"], "this office has no such requirement"
