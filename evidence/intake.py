"""The one way in, for a person's upload, a build server's and a collector's.

`admit` asks whether it may be read (`admit.py`), `inspect` stages and reads (`inspection.py`), outside any transaction;
`file` makes it evidence, in the transaction of the caller. When that transaction commits, the bytes are on disk; the
inspection stays open until then.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event
from sqlmodel import Session

from access.activity import record
from access.permissions import Person, require
from controls import names
from evidence import rows
from evidence.admit import admit, of_own_teams
from evidence.errors import Unfitting
from evidence.fit import Delivery, Fit, Population, fit
from evidence.inspection import Incoming, Inspection, inspect
from evidence.integrity import facts
from evidence.judging import Court, CoveredCell
from evidence.known import known
from evidence.narrowed import require_for
from evidence.store import EvidenceStore
from locales import Text, text

__all__ = ["Delivery", "Filed", "Incoming", "Inspection", "Population", "admit", "file", "inspect"]

_LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Filed:
    """The evidence, and what it says of each cell. `is_new` is false when it was handed in before."""

    evidence: str
    is_new: bool
    covered: list[CoveredCell]
    counts: dict[str, int]
    warnings: list[Text]


def file(session: Session, store: EvidenceStore, person: Person, delivery: Delivery, now: datetime) -> Filed:
    """Make a delivery evidence: all or nothing. The same files for the same cells and days are the same evidence."""
    require(person, "evidence.file")
    fitting = fit(session, delivery, now)
    of_own_teams(person, fitting.requirements)
    require_for(person, fitting.cells)
    key = _content_key(delivery, fitting)
    _keep_at_commit(session, store, delivery.inspection)
    if before := rows.known(session, key):
        return _as_filed_before(session, before)
    tool = _tool(delivery, fitting)
    court = Court(delivery, fitting, known(session, store, fitting, tool))
    evidence = rows.add_evidence(session, _evidence(delivery, fitting, tool, key, person, now))
    rows.add_files(session, evidence, delivery.inspection.files)
    for position, one in enumerate(delivery.inspection.files):
        if one.run is not None:
            run = rows.add_run(session, evidence, position, one, court.policy_of(one))
            for judged in court.hear(position, one):
                rows.add_results(session, run, judged)
    covered = court.covered()
    _has_end(delivery, fitting, covered)
    rows.add_coverage(session, evidence, covered, _tools(fitting, tool), _dates(delivery, fitting), now)
    warnings = [*fitting.warnings, *court.warnings]
    _log(session, person, evidence, delivery, covered, warnings, now)
    return Filed(evidence, is_new=True, covered=covered, counts=_counts(delivery.inspection), warnings=warnings)


def _keep_at_commit(session: Session, store: EvidenceStore, inspection: Inspection) -> None:
    """Keep the bytes just before the transaction commits, and only then: one that is undone leaves none behind."""

    def keep(_session: Session) -> None:
        for one in inspection.files:
            store.keep(one.staged)

    event.listen(session, "before_commit", keep, once=True)


def _content_key(delivery: Delivery, fitting: Fit) -> str:
    """Files, cells and days; whatever else is said of them does not make it other evidence."""
    digests = sorted(one.staged.sha256 for one in delivery.inspection.files)
    cells = sorted("\0".join(cell) for cell in fitting.cells)
    days = [str(fitting.first_day), str(fitting.last_day), str(delivery.explicit_end)]
    return hashlib.sha256("\n".join([*digests, *cells, *days]).encode()).hexdigest()


def _as_filed_before(session: Session, evidence: str) -> Filed:
    warnings = [text("These files were handed in before for the same cells and days.")]
    word = rows.latest_word(session, evidence)
    if word in ("rejected", "withdrawn"):
        warnings.append(
            text("That evidence was {word}; it counts for nothing until a reviewer accepts it.", word=_WORDS[word])
        )
    return Filed(
        evidence,
        is_new=False,
        covered=rows.covered_cells(session, evidence),
        counts=rows.counts(session, evidence),
        warnings=warnings,
    )


_WORDS = {"rejected": text("rejected"), "withdrawn": text("withdrawn")}


def _tool(delivery: Delivery, fitting: Fit) -> str:
    """The one tool of a test's series; records and registers have none."""
    if not any(one.kind == "test" for one in fitting.requirements):
        return ""
    if delivery.tool:
        return names.plain(delivery.tool, text("The tool"), 80)
    tools = delivery.inspection.tools
    if len(tools) > 1:
        raise Unfitting(
            text("The files come from several tools ({tools}); hand them in apart.", tools=", ".join(tools))
        )
    return tools[0] if tools else ""


def _tools(fitting: Fit, tool: str) -> dict[tuple[str, str, str], str]:
    kinds = {one.key: one.kind for one in fitting.requirements}
    return {key: tool if kinds[key[0]] == "test" else "" for key in fitting.cells}


def _evidence(
    delivery: Delivery, fitting: Fit, tool: str, key: str, person: Person, now: datetime
) -> dict[str, object]:
    kinds = {one.kind for one in fitting.requirements}
    files = delivery.inspection.files
    return {
        "id": uuid.uuid4().hex,
        "recorded_at": now,
        "kind": next(kind for kind in ("test", "register", "record") if kind in kinds),
        "title": names.plain(delivery.title, text("The title")) if delivery.title.strip() else files[0].name,
        "first_day": fitting.first_day,
        "last_day": fitting.last_day,
        "explicit_end": delivery.explicit_end,
        "tool": tool,
        "format": files[0].kind,
        "note": names.plain(delivery.note, text("The note"), _LONGEST_NOTE, lines=True)
        if delivery.note.strip()
        else "",
        "declared": _declared(delivery),
        "uploaded_by": person.name,
        "content_key": key,
    }


def _declared(delivery: Delivery) -> dict[str, object]:
    """What the person said that the files do not."""
    declared: dict[str, object] = {}
    if delivery.population is not None:
        source = names.plain(delivery.population.source, text("The source of the population"))
        declared["population"] = {
            "number": delivery.population.number,
            "source": source,
            "on": delivery.population.on.isoformat(),
        }
    if delivery.populations:
        declared["populations"] = dict(delivery.populations)
    if delivery.zones:
        declared["zones"] = dict(delivery.zones)
    if delivery.targets:
        declared["targets"] = {tested: list(place) for tested, place in delivery.targets.items()}
    return declared


def _dates(delivery: Delivery, fitting: Fit) -> rows.Days:
    return rows.Days(fitting.first_day, fitting.last_day, delivery.explicit_end)


def _has_end(delivery: Delivery, fitting: Fit, covered: list[CoveredCell]) -> None:
    """A requirement without renewal is valid as long as the content says; somebody must say it."""
    endless = {one.key for one in fitting.requirements if not one.renewal}
    for cell in covered:
        if cell.requirement in endless and delivery.explicit_end is None and cell.ends is None:
            raise Unfitting(
                text(
                    "{requirement} is valid until the day that its content says; give that day.",
                    requirement=cell.requirement,
                )
            )


def _counts(inspection: Inspection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in inspection.files:
        for outcome, number in one.counts.items():
            counts[outcome] = counts.get(outcome, 0) + number
    return counts


def _log(
    session: Session,
    person: Person,
    evidence: str,
    delivery: Delivery,
    covered: list[CoveredCell],
    warnings: list[Text],
    now: datetime,
) -> None:
    cells = [[*cell.key, cell.verdict] for cell in covered]
    record(
        session,
        person,
        "evidence.file",
        evidence,
        now,
        sha256=[one.staged.sha256 for one in delivery.inspection.files],
        cells=cells,
        warnings=[str(warning) for warning in warnings],
        facts=facts.told(session, evidence, now),
    )
