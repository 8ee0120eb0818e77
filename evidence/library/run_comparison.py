"""A run compared with the one before it in its series: what fails newly, again or still, what is fixed or gone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, bindparam, column
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from evidence.judging.levels import ASIDE, EXCUSED, IN_TERM
from evidence.library.evidence_items import find_neighbour
from evidence.visible_evidence import require_visible, visible


class Change(StrEnum):
    """What became of a check on a target since the run before; those to look at first come first.

    A finding that is still within its term counts as failing here. `GONE`: it is not in this run, and nothing shows
    that it is fixed. `BACK`: it failed in a run before the previous one, and not in that.
    """

    NEW_FAIL = "new fail"
    BACK = "back again"
    STILL = "still failing"
    GONE = "gone"
    SET_ASIDE = "set aside"
    FIXED = "fixed"
    WORSE = "worse"
    BETTER = "better"
    NEW = "new"
    SAME = "same"


#: Changes whose checks are listed; of the others only the number is shown.
LISTED = tuple(change for change in Change if change not in (Change.NEW, Change.SAME))

_RANK = f"""MAX(CASE WHEN r.level IN ('fail', 'insufficient') THEN 3 WHEN r.level IN ('phase-out', '{IN_TERM}') THEN 2
                WHEN r.level = '' AND r.outcome IN ('fail', 'error') THEN 3
                WHEN r.level = 'sufficient' THEN 1 ELSE 0 END)"""
_CHECKS = f"""SELECT r."check", r.target, {_RANK} AS rank, MIN(r.message) AS message, MIN(r.first_day) AS first_day,
   MAX(CASE WHEN r.level IN ('{ASIDE}', '{EXCUSED}') THEN 1 ELSE 0 END) AS aside
 FROM test_result r JOIN test_run t ON t.id = r.run WHERE t.evidence = :{{name}}
   AND t.judged_at = (SELECT MAX(j.judged_at) FROM test_run j WHERE j.evidence = :{{name}})
 GROUP BY r."check", r.target"""
#: 1: complete scans that list what they found, so that what is not listed is fixed
_LISTS_ALL = """SELECT MIN(CASE WHEN t.complete AND CAST(t.examined AS TEXT) <> 'null' THEN 1 ELSE 0 END)
 FROM test_run t WHERE t.evidence = :fresh"""
_COMPARED = f"""
WITH fresh AS ({_CHECKS.format(name="fresh")}), old AS ({_CHECKS.format(name="old")}),
seen AS (
  SELECT DISTINCT h."check", h.target FROM finding_change h
  WHERE h.is_seen AND h.evidence <> :fresh AND h.day <= (SELECT v.last_day FROM evidence v WHERE v.id = :fresh)
    AND h.evidence IN (SELECT c.evidence FROM coverage c WHERE c.series IN (
      SELECT k.series FROM coverage k WHERE k.evidence = :fresh))
), both_runs AS (
  SELECT f."check", f.target, o.rank AS before, f.rank AS after, f.message, f.first_day, f.aside
  FROM fresh f LEFT JOIN old o ON o."check" = f."check" AND o.target = f.target
  UNION ALL
  SELECT o."check", o.target, o.rank, NULL, o.message, o.first_day, 0 FROM old o
  WHERE NOT EXISTS (SELECT 1 FROM fresh f WHERE f."check" = o."check" AND f.target = o.target)
)
SELECT b."check", b.target, b.message, b.first_day, CASE
  WHEN b.after IS NULL AND b.before >= 2 AND ({_LISTS_ALL}) = 1 THEN '{Change.FIXED}'
  WHEN b.after IS NULL THEN '{Change.GONE}'
  WHEN b.after >= 2 AND b.before >= 2 THEN '{Change.STILL}'
  WHEN b.after >= 2 THEN CASE WHEN s."check" IS NULL THEN '{Change.NEW_FAIL}' ELSE '{Change.BACK}' END
  WHEN b.before >= 2 THEN CASE WHEN b.aside = 1 THEN '{Change.SET_ASIDE}' ELSE '{Change.FIXED}' END
  WHEN b.before IS NULL THEN '{Change.NEW}'
  WHEN b.after > b.before THEN '{Change.WORSE}' WHEN b.after < b.before THEN '{Change.BETTER}'
  ELSE '{Change.SAME}' END AS change
FROM both_runs b LEFT JOIN seen s ON s."check" = b."check" AND s.target = b.target
"""
_PLACES = " ".join(f"WHEN '{change}' THEN {place}" for place, change in enumerate(LISTED))
_COUNTED = sql(f"SELECT change, COUNT(*) AS n FROM ({_COMPARED}) AS compared GROUP BY change")
_CHANGED = (
    sql(f"""SELECT "check", target, change, message, first_day FROM ({_COMPARED}) AS compared WHERE change IN :changes
ORDER BY CASE change {_PLACES} END, "check", target LIMIT :most""")
    .bindparams(bindparam("changes", expanding=True))
    .columns(column("check"), column("target"), column("change"), column("message"), column("first_day", Date()))
)


@dataclass(frozen=True, slots=True)
class ChangedCheck:
    """A check on a target, and what became of it. `first_day`: on which it was seen to fail first, if known."""

    check: str
    target: str
    change: str
    message: str
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison with the previous run.

    `previous`: its evidence id, None if there is none; `counts`: checks by change.
    """

    previous: str | None
    counts: dict[str, int]
    changed: list[ChangedCheck]


def compare(session: Session, person: Person, evidence: str, most: int = 200, change: str = "") -> Comparison:
    """Compare an evidence item with the previous run in its series, worst changes first, at most `most` of them.

    `change`: only checks with this change; empty: all that `LISTED` names. Raises `NotAllowed` and `Unknown`.
    """
    require(person, "evidence.read")
    require_visible(session, person, evidence)
    previous = find_neighbour(session, evidence, visible(session, person), earlier=True)
    if previous is None:
        return Comparison(None, {}, [])
    values = {"fresh": evidence, "old": previous}
    counts = {row.change: row.n for row in session.execute(_COUNTED, values)}
    wanted = {"changes": [change] if change else list(LISTED), "most": most}
    rows = session.execute(_CHANGED, {**values, **wanted})
    return Comparison(previous, counts, [ChangedCheck(*row) for row in rows])
