"""Crosswalks: typed relations between two editions, one YAML file per pair, and their versions in the table."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlmodel import Session

from controls.files.catalogue import Ref
from controls.files.words import CROSSWALK_RELATIONS
from controls.files.yaml_source import Both, Key, Shape, Source, matching, one_of, read_source
from locales import text
from models.bulk_changes import Change, Row, add, table
from models.queries import latest

GONE = "none"  # the relation of a pair that is no longer related


class _Head(Shape):
    from_catalogue: Key = Field(alias="from")
    to_catalogue: Key = Field(alias="to")


class _Source(Shape):
    """A source on which relations are based."""

    key: Key
    title: Both
    address: Annotated[str, matching(r"https://\S+", text("an address that begins with https://"))] | None = None


class _Relation(Shape):
    from_ref: Ref = Field(alias="from")
    relation: Annotated[str, one_of(CROSSWALK_RELATIONS)]
    to_ref: Ref = Field(alias="to")
    source: tuple[Key, ...]
    note: Both | None = None


class CrosswalkFile(Shape):
    """The content of a crosswalk file."""

    crosswalk: _Head
    sources: tuple[_Source, ...]
    relations: tuple[_Relation, ...]

    def pairs(self) -> list[tuple[str, str]]:
        """Return the keys of the two controls of each relation."""
        head = self.crosswalk
        return [
            (f"{head.from_catalogue}:{row.from_ref}", f"{head.to_catalogue}:{row.to_ref}") for row in self.relations
        ]


def read(path: Path) -> Source[CrosswalkFile]:
    """Read a crosswalk and check it by itself. Raises `WrongFile`."""
    source = read_source(path, CrosswalkFile)
    head = source.content.crosswalk
    if path.stem != f"{head.from_catalogue}--{head.to_catalogue}" or head.from_catalogue == head.to_catalogue:
        raise source.wrong(
            text("the catalogues differ from the file's name; expected from--to: {name}.", name=path.stem), "crosswalk"
        )
    source.all_different(
        source.content.pairs(),
        lambda pair: text("{first} and {second} are already related.", first=pair[0], second=pair[1]),
        lambda index: ("relations", index),
    )
    _sources_exist(source)
    return source


def _sources_exist(source: Source[CrosswalkFile]) -> None:
    known = [entry.key for entry in source.content.sources]
    for index, row in enumerate(source.content.relations):
        for key in row.source or ("",):
            if key not in known:
                raise source.wrong(
                    text(
                        "{key} is not a source of this file; expected one of {known}.", key=key, known=", ".join(known)
                    ),
                    *("relations", index, "source"),
                )


def check_all(sources: Sequence[Source[CrosswalkFile]], controls: Collection[str]) -> None:
    """Check crosswalks against the catalogues and against each other. Raises `WrongFile`."""
    for source in sources:
        _check(source, controls)
    _check_together(sources)


def _check(source: Source[CrosswalkFile], controls: Collection[str]) -> None:
    """Refuse a relation with a control that is in no catalogue."""
    for index, pair in enumerate(source.content.pairs()):
        for end, key in zip(("from", "to"), pair, strict=True):
            if key not in controls:
                raise source.wrong(text("{control} is not in any catalogue.", control=key), "relations", index, end)


def _check_together(sources: Sequence[Source[CrosswalkFile]]) -> None:
    """Refuse a pair of controls that is in two files: the relations could contradict each other."""
    seen: dict[frozenset[str], str] = {}
    for source in sources:
        for index, pair in enumerate(source.content.pairs()):
            file = seen.setdefault(frozenset(pair), source.path.name)
            if file != source.path.name:
                raise source.wrong(
                    text(
                        "{first} and {second} are already related in {file}; expected one row for the pair.",
                        first=pair[0],
                        second=pair[1],
                        file=file,
                    ),
                    *("relations", index),
                )


def bring_crosswalks_up_to_date(session: Session, now: datetime, sources: Sequence[Source[CrosswalkFile]]) -> Change:
    """Record a new version for each pair whose relation is new, changed or gone."""
    wanted = {
        pair: _row(pair, row, source.content)
        for source in sources
        for pair, row in zip(source.content.pairs(), source.content.relations, strict=True)
    }
    before = _latest(session)
    gone = [{**row, "relation": GONE} for pair, row in before.items() if row["relation"] != GONE and pair not in wanted]
    changed = [row for pair, row in wanted.items() if before.get(pair) != row]
    add(session, "crosswalk", [{**row, "recorded_at": now} for row in [*changed, *gone]])
    new = sum(1 for pair, row in wanted.items() if before.get(pair, {"relation": GONE})["relation"] == GONE)
    return Change(new, len(changed) - new, len(gone))


def _row(pair: tuple[str, str], row: _Relation, content: CrosswalkFile) -> Row:
    titles = {entry.key: entry.title for entry in content.sources}
    sources = [titles[key] for key in row.source]
    return {
        "from_control": pair[0],
        "to_control": pair[1],
        "relation": row.relation,
        "source_nl": "; ".join(title.nl for title in sources),
        "source_en": "; ".join(title.en for title in sources),
        "note_nl": row.note.nl if row.note else "",
        "note_en": row.note.en if row.note else "",
    }


def _latest(session: Session) -> dict[tuple[str, str], Row]:
    crosswalk = table("crosswalk")
    columns = [column for column in crosswalk.c if column.name not in ("id", "recorded_at")]
    rows = session.execute(select(*columns).where(latest(crosswalk, "from_control", "to_control"))).mappings()
    return {(row["from_control"], row["to_control"]): dict(row) for row in rows}
