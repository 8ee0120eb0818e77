from models import Clock, Team
from models.transaction import last_fact, last_moment, reading, writing


def test_moments_follow_the_order_of_commits(engine):
    with writing(engine) as (s, now):
        s.add(Team(key="a", title_nl="A", title_en="A"))
    with writing(engine) as (s, later):
        assert later > now
    with reading(engine) as s:
        assert s.get(Team, "a") and s.get(Clock, 1).last == later


def test_visit_has_a_later_moment_and_is_not_a_fact(engine):
    with writing(engine) as (_, fact):
        pass
    with writing(engine, fact.replace(year=2000), visit=True) as (_, visit):
        pass
    assert visit > fact
    with reading(engine) as session:
        assert (last_fact(session), last_moment(session)) == (fact, visit)
    with writing(engine, fact.replace(year=2000)) as (_, later):
        pass
    assert later > visit
    with reading(engine) as session:
        assert last_fact(session) == last_moment(session) == later


def test_reading_session_asks_once_for_the_last_fact(engine):
    with writing(engine) as (_, first):
        pass
    with reading(engine) as session:
        assert last_fact(session) == first
        with writing(engine) as (_, second):
            pass
        assert last_fact(session) == first
    with reading(engine) as session:
        assert last_fact(session) == second
    with writing(engine) as (session, third):
        assert last_fact(session) == third
