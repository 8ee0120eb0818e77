from models import Clock, Team
from models.transaction import reading, writing


def test_it(engine):
    with writing(engine) as (s, now):
        s.add(Team(key="a", title_nl="A", title_en="A"))
    with writing(engine) as (s, later):
        assert later > now
    with reading(engine) as s:
        assert s.get(Team, "a") and s.get(Clock, 1).last == later
