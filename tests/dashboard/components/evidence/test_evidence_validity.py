"""The end of evidence in the table: a day, or why there is none."""

from datetime import date

import pytest

from dashboard.components.evidence.evidence_validity import until_cell, until_shown
from locales import Language
from readiness.evidence_ends import EndReason, EvidenceEnd

DAY = date(2026, 11, 9)


@pytest.mark.parametrize("code", ["en", "nl"])
@pytest.mark.parametrize("why", EndReason)
def test_every_end_has_a_day_or_words(why, code):
    t = Language(code)
    if why != EndReason.VALID:
        assert until_cell(t, EvidenceEnd(None, why)) in until_shown(t, EvidenceEnd(None, why))
    assert until_cell(t, EvidenceEnd(DAY, why)) == DAY
    assert "9 nov" in until_shown(t, EvidenceEnd(DAY, why)).lower()
