"""Versions of a statement in the tables: which is in effect, how versions differ, and which measures that affects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.errors import Unknown
from controls.statement.differences import UNCHANGED, Difference, change_kind, differences
from controls.statement.version_chain import Chain
from controls.statement.version_rows import ClauseRow, VersionRow
from locales import text
from models.bulk_changes import Row, table


@dataclass(frozen=True, slots=True)
class RewordedMeasure:
    """The last version that changed a measure's sentences, when it was loaded, and the differences."""

    version: str
    since: datetime | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class LoadedStatements:
    """Statements by key, latest effective day first, and the clauses of each statement that has files."""

    statements: Mapping[str, Row]
    clauses: Mapping[str, Sequence[ClauseRow]]

    @property
    def in_effect(self) -> list[str]:
        """Keys of the last version of each statement that promises something."""
        replaced = {row["replaces"] for row in self.statements.values()}
        return [key for key in self.statements if key in self.clauses and key not in replaced]

    def chain(self, last: str) -> list[str]:
        """Return the keys of a version and those before it, newest first."""
        keys = [last]
        while (before := self.statements[keys[-1]]["replaces"]) in self.clauses and before not in keys:
            keys.append(before)
        return keys

    def clauses_in_effect(self) -> list[ClauseRow]:
        """Return the clauses of the versions in effect."""
        return [clause for key in self.in_effect for clause in self.clauses[key]]

    def change_by_measure(self) -> dict[str, str]:
        """Return by measure how its sentences changed since the version before; empty if there is one version."""
        changes: dict[str, str] = {}
        for new, old in (chain[:2] for key in self.in_effect if len(chain := self.chain(key)) > 1):
            before, after = _clause_keys(self.clauses[old]), _clause_keys(self.clauses[new])
            nothing: frozenset[str] = frozenset()
            for key in before.keys() | after.keys():
                changes[key] = change_kind(before.get(key, nothing), after.get(key, nothing))
        return changes


def _clause_keys(clauses: Sequence[ClauseRow]) -> dict[str, frozenset[str]]:
    measures = {key for clause in clauses for key in clause.measures}
    return {key: frozenset(clause.key for clause in clauses if key in clause.measures) for key in measures}


def versions(session: Session, person: Person) -> list[VersionRow]:
    """List every version that has files, for each statement the one in effect first and then back in time."""
    require(person, "controls.read")
    known = loaded_statements(session)
    names = [name for name in VersionRow.__dataclass_fields__ if name in table("statement").c]
    return [
        VersionRow(
            **{name: known.statements[key][name] for name in names},
            in_effect=key == last,
            clauses=len(known.clauses[key]),
        )
        for last in known.in_effect
        for key in known.chain(last)
    ]


def compare(session: Session, person: Person, old: str, new: str) -> list[Difference]:
    """Compare two versions, clause by clause. Raises `Unknown` for a key that is no version."""
    require(person, "controls.read")
    clauses = loaded_statements(session).clauses
    for key in (old, new):
        if key not in clauses:
            raise Unknown(text("There is no version {key} of a statement.", key=key))
    return differences(clauses[old], clauses[new])


def reworded_measures(session: Session, person: Person) -> dict[str, RewordedMeasure]:
    """Return by measure the last version in which its sentences changed."""
    require(person, "controls.read")
    known = loaded_statements(session)
    measures: dict[str, RewordedMeasure] = {}
    for last in known.in_effect:
        for new, old in pairwise(known.chain(last)):
            for measure, changed in _by_measure(differences(known.clauses[old], known.clauses[new])).items():
                measures.setdefault(measure, RewordedMeasure(new, known.statements[new]["loaded_at"], changed))
    return measures


def _by_measure(every: Sequence[Difference]) -> dict[str, tuple[Difference, ...]]:
    keys = dict.fromkeys(key for difference in every if difference.kind != UNCHANGED for key in difference.measures)
    return {
        key: tuple(difference for difference in every if difference.kind != UNCHANGED and key in difference.measures)
        for key in keys
    }


def measures_reworded(session: Session, chains: Sequence[Chain]) -> set[str]:
    """Return the keys of measures whose sentences in the files differ from those in the tables."""
    before = _clause_keys(loaded_statements(session).clauses_in_effect())
    measures = [(chain, measure.key) for chain in chains for measure in chain.last.content.measures]
    nothing: frozenset[str] = frozenset()
    return {key for chain, key in measures if before.get(key, nothing) != chain.sentences(key)}


def loaded_statements(session: Session) -> LoadedStatements:
    """Read all statements and their clauses, in three SQL statements."""
    statement = table("statement")
    columns = [column for column in statement.c if column.name != "text"]
    rows = session.execute(select(*columns).order_by(statement.c.effective.desc(), statement.c.key)).mappings()
    return LoadedStatements({row["key"]: dict(row) for row in rows}, _clauses(session))


def _clauses(session: Session) -> dict[str, list[ClauseRow]]:
    """Read each statement's clauses in the order of its text, with the measures that they promise."""
    clause, promise, measure = table("clause"), table("clause_measure"), table("measure")
    promised = select(promise.c.clause, promise.c.measure).join(measure, measure.c.key == promise.c.measure)
    links: dict[int, list[str]] = {}
    for clause_id, key in session.execute(promised.order_by(measure.c.position, measure.c.key)):
        links.setdefault(clause_id, []).append(key)
    rows = session.execute(select(clause).where(clause.c.retired_at.is_(None)).order_by(clause.c.start)).mappings()
    columns = ("key", "section", "quote", "start", "end")
    by_statement: dict[str, list[ClauseRow]] = {}
    for row in rows:
        values = {name: row[name] for name in columns}
        by_statement.setdefault(row["statement"], []).append(
            ClauseRow(**values, measures=tuple(links.get(row["id"], ())))
        )
    return by_statement
