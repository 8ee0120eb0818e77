"""Labels of the fixed values of audits."""

from collections.abc import Mapping
from typing import Final

from locales import Text, text
from models.vocabulary import Implementation, InclusionReason

INCLUSION_REASONS: Final[Mapping[InclusionReason, Text]] = {
    InclusionReason.RISK: text("Risk"),
    InclusionReason.LAW: text("Law"),
    InclusionReason.CONTRACT: text("Contract"),
    InclusionReason.GOOD_PRACTICE: text("Good practice"),
}
IMPLEMENTATIONS: Final[Mapping[Implementation, Text]] = {
    Implementation.IMPLEMENTED: text("Implemented"),
    Implementation.PARTLY: text("Partly"),
    Implementation.PLANNED: text("Planned"),
}
