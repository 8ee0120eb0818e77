"""Evidence about the product itself: only what its own collectors made is accepted automatically."""

from datetime import UTC, date, datetime, timedelta

from access.permissions import BUILT_IN, SYSTEM
from controls.scope.system_scope import add_system, bring_into_scope
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.office import BUILD_SERVER, JUNIT, NOW, Office

KEY = "own-access-matrix"


def test_what_the_product_collects_about_itself_waits_when_another_uploads_it(small_office: Office) -> None:
    with writing(small_office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "role-tests", key=KEY, applies_to="keeps-evidence")
        add_system(session, BUILT_IN, "aantoonbaar", "Aantoonbaar", "Aantoonbaar", now)
        bring_into_scope(session, BUILT_IN, "aantoonbaar", date(2026, 1, 1), now, attributes=["keeps-evidence"])

    def reasons(content: bytes, person, at: datetime) -> list[str]:
        filed = small_office.deliver(content, requirements=(KEY,), systems=("aantoonbaar",), person=person, at=at)
        return [str(reason) for reason in filed.review_reasons]

    told = f"{KEY} is collected by Aantoonbaar itself; this file comes from elsewhere."
    assert reasons(JUNIT, BUILD_SERVER, NOW) == [told]
    assert reasons(JUNIT + b"\n", SYSTEM, NOW + timedelta(hours=1)) == []
