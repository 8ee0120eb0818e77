"""The versions of a statement as the tables hold them: which is in effect, what differs, and what that asks anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.errors import Unknown
from controls.statement.chain import Chain
from controls.statement.differences import STAYED, Difference, change_of, differences
from controls.statement.version_rows import ClauseRow, VersionRow
from locales import text
from models.rows import Row, table


@dataclass(frozen=True, slots=True)
class Reworded:
    """The last version that changed a measure's sentences, since when it counts, and what differs."""

    version: str
    since: datetime | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """The statements by key, the one that took effect last first, and the clauses of those of which files are here."""

    statements: Mapping[str, Row]
    clauses: Mapping[str, Sequence[ClauseRow]]

    @property
    def in_effect(self) -> list[str]:
        """The last version of each statement that promises something."""
        replaced = {row["replaces"] for row in self.statements.values()}
        return [key for key in self.statements if key in self.clauses and key not in replaced]

    def chain(self, last: str) -> list[str]:
        """A version and those before it."""
        found = [last]
        while (before := self.statements[found[-1]]["replaces"]) in self.clauses and before not in found:
            found.append(before)
        return found

    def promising(self) -> list[ClauseRow]:
        """The clauses in effect."""
        return [clause for key in self.in_effect for clause in self.clauses[key]]

    def sentences(self) -> dict[str, str]:
        """Measure → stayed, changed, went or came, against the version before; empty where there is one version."""
        found: dict[str, str] = {}
        for new, old in (chain[:2] for key in self.in_effect if len(chain := self.chain(key)) > 1):
            before, after = _keys(self.clauses[old]), _keys(self.clauses[new])
            nothing: frozenset[str] = frozenset()
            for key in before.keys() | after.keys():
                found[key] = change_of(before.get(key, nothing), after.get(key, nothing))
        return found


def _keys(clauses: Sequence[ClauseRow]) -> dict[str, frozenset[str]]:
    measures = {key for one in clauses for key in one.measures}
    return {key: frozenset(one.key for one in clauses if key in one.measures) for key in measures}


def versions(session: Session, person: Person) -> list[VersionRow]:
    """Every version of which the files are here, the one in effect first and then back in time."""
    require(person, "controls.read")
    known = texts(session)
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
    """What differs between two versions, clause by clause."""
    require(person, "controls.read")
    clauses = texts(session).clauses
    for key in (old, new):
        if key not in clauses:
            raise Unknown(text("There is no version {key} of a statement.", key=key))
    return differences(clauses[old], clauses[new])


def reworded(session: Session, person: Person) -> dict[str, Reworded]:
    """Measure → the last version in which its sentences are not those of the version before."""
    require(person, "controls.read")
    known = texts(session)
    found: dict[str, Reworded] = {}
    for last in known.in_effect:
        for new, old in pairwise(known.chain(last)):
            for measure, which in _by_measure(differences(known.clauses[old], known.clauses[new])).items():
                found.setdefault(measure, Reworded(new, known.statements[new]["loaded_at"], which))
    return found


def _by_measure(found: Sequence[Difference]) -> dict[str, tuple[Difference, ...]]:
    keys = dict.fromkeys(key for one in found if one.kind != STAYED for key in one.measures)
    return {key: tuple(one for one in found if one.kind != STAYED and key in one.measures) for key in keys}


def measures_reworded(session: Session, chains: Sequence[Chain]) -> set[str]:
    """The measures whose sentences in the tables are not those of the files: in another version, statement or quote."""
    before = _keys(texts(session).promising())
    measures = [(chain, one.key) for chain in chains for one in chain.last.content.measures]
    nothing: frozenset[str] = frozenset()
    return {key for chain, key in measures if before.get(key, nothing) != chain.sentences(key)}


def texts(session: Session) -> Texts:
    """All of it, in three SQL statements."""
    statement = table("statement")
    columns = [column for column in statement.c if column.name != "text"]
    rows = session.execute(select(*columns).order_by(statement.c.effective.desc(), statement.c.key)).mappings()
    return Texts({row["key"]: dict(row) for row in rows}, _clauses(session))


def _clauses(session: Session) -> dict[str, list[ClauseRow]]:
    """Each statement's clauses in the order of its text, with the measures that they promise."""
    clause, promise, measure = table("clause"), table("clause_measure"), table("measure")
    promised = select(promise.c.clause, promise.c.measure).join(measure, measure.c.key == promise.c.measure)
    links: dict[int, list[str]] = {}
    for one, key in session.execute(promised.order_by(measure.c.position, measure.c.key)):
        links.setdefault(one, []).append(key)
    rows = session.execute(select(clause).where(clause.c.retired_at.is_(None)).order_by(clause.c.start)).mappings()
    columns = ("key", "section", "quote", "start", "end")
    found: dict[str, list[ClauseRow]] = {}
    for row in rows:
        given = {name: row[name] for name in columns}
        found.setdefault(row["statement"], []).append(ClauseRow(**given, measures=tuple(links.get(row["id"], ()))))
    return found
