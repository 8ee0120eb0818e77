"""What accepting a piece of evidence would change today: tried as a reviewer would do it, and undone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from access.permissions import Person, require
from evidence.decisions.review import add_review
from models.vocabulary import ReviewDecision, Status
from readiness.answer_cache import is_undone
from readiness.status import CellStatus, Readiness, natural_sort_key, readiness


@dataclass(frozen=True, slots=True)
class AcceptanceEffect:
    """The cells that the evidence would decide, and the controls that would become demonstrated.

    `others`: controls whose status would change in another way, for instance to failing.
    """

    cells: tuple[CellStatus, ...]
    controls: tuple[str, ...]
    others: tuple[str, ...]


def acceptance_effect(
    session: Session,
    person: Person,
    evidence: str,
    before: Readiness,
    now: datetime,
    systems: Collection[str] = (),
    catalogues: Collection[str] = (),
) -> AcceptanceEffect:
    """What would change if somebody accepted it. Raises `NotAllowed`.

    `session` is of a transaction that is undone (`models.transaction.trying`). `systems`: the scope of `before`;
    `catalogues`: those of which controls are listed; empty: all.
    """
    require(person, "evidence.review")
    if not is_undone(session):  # undone facts would be cached as true
        raise ValueError("the effect of accepting is tried in a transaction that is undone")
    with session.begin_nested() as undone:
        add_review(session, evidence, ReviewDecision.ACCEPTED, person.name, "", now)
        session.flush()
        after = readiness(session, person, before.on, now, tuple(systems))
        undone.rollback()
    changed = [
        key
        for key, control in after.controls.items()
        if (key not in before.controls or before.controls[key].status != control.status)
        and (not catalogues or key.partition(":")[0] in catalogues)
    ]
    changed.sort(key=natural_sort_key)
    return AcceptanceEffect(
        tuple(cell for cell in after.cells if cell.evidence == evidence),
        tuple(key for key in changed if after.controls[key].status == Status.DEMONSTRATED),
        tuple(key for key in changed if after.controls[key].status != Status.DEMONSTRATED),
    )
