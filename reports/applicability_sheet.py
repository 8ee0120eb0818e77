"""The Statement of Applicability as a file (ISO/IEC 27001, 6.1.3 d)."""

from collections.abc import Mapping, Sequence

from audits.applicability_lines import ApplicabilityLine
from audits.words import IMPLEMENTATIONS, INCLUSION_REASONS
from locales import Language, text
from reports.table_file import Cell, sheet

_HEAD = (
    text("Number"),
    text("Control"),
    text("Applicable"),
    text("Reasons for inclusion"),
    text("Reference"),
    text("Justification"),
    text("State of implementation"),
    text("Since or planned for"),
    text("Implemented by"),
    text("Measures"),
    text("In force from"),
    text("Decided by"),
)


def _row(t: Language, line: ApplicabilityLine, measures: Mapping[str, str]) -> list[Cell]:
    decision = line.decision
    implemented = ", ".join(measures.get(key, key) for key in line.measures)
    if decision is None:
        undecided = t("not decided yet")
        return [line.control.ref, t.title(line.control), undecided, *[""] * 6, implemented, None, ""]
    stated = decision.inclusion
    return [
        line.control.ref,
        t.title(line.control),
        t("Yes") if decision.applicable else t("No"),
        ", ".join(t.render(INCLUSION_REASONS[reason]) for reason in stated.reasons),
        stated.reference,
        decision.justification,
        t.render(IMPLEMENTATIONS[stated.implementation]) if stated.implementation else "",
        stated.day,
        stated.by,
        implemented,
        decision.in_force,
        decision.decided_by,
    ]


def applicability_sheet(
    t: Language, kind: str, lines: Sequence[ApplicabilityLine], measures: Mapping[str, str]
) -> bytes:
    """Return the lines as a file. `kind`: csv or xlsx; `measures`: title of each measure by key."""
    head = [t.render(name) for name in _HEAD]
    return sheet(kind, t("Statement of Applicability"), head, [_row(t, line, measures) for line in lines])
