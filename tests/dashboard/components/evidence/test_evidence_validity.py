"""Until when evidence counts, from the cells that it decides."""

from datetime import date

from dashboard.components.evidence.evidence_validity import validity
from readiness import CellStatus, Readiness
from tests.dashboard.test_parts import TODAY


def test_the_first_end_of_the_cells_that_evidence_decides():
    cells = [
        CellStatus("a", "", "", "demonstrated", evidence="one", valid_until=date(2027, 3, 4)),
        CellStatus("b", "", "", "demonstrated", evidence="one", valid_until=date(2027, 2, 1)),
        CellStatus("c", "", "", "lapsed", evidence="two", since=date(2026, 10, 2)),
        CellStatus("d", "", "", "demonstrated", evidence="endless"),
        CellStatus("e", "", "", "missing"),
    ]
    ends = validity(Readiness(TODAY, None, cells, {}, {}))
    assert ends.keys() == {"one", "two"}
    assert (ends["one"].until, ends["one"].ended) == (date(2027, 1, 31), None)  # the last day on which it counts
    assert (ends["two"].until, ends["two"].ended) == (None, date(2026, 10, 2))
