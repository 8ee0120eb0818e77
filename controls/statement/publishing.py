"""Published statements and their promises: read, checked, and brought into the tables."""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, tuple_
from sqlmodel import Session

from controls.files.requirement_file import RequirementEntry, TeamEntry
from controls.files.statement_file import StatementFile
from controls.files.yaml_source import Source, parse_source, read_source
from controls.files.yaml_tree import Where
from controls.statement.no_measure import check_reasons, no_measure_values, quotes_with_reason
from locales import text
from models.bulk_changes import Change, add, add_or_change, bring_up_to_date, change, present, table

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PublishedStatement:
    """A statement's YAML file and its published text."""

    source: Source[StatementFile]
    text: str

    @property
    def content(self) -> StatementFile:
        return self.source.content

    def requirements(self) -> Iterator[tuple[Where, str | None, RequirementEntry]]:
        """Yield every evidence requirement: its place, the key of its measure if it has one, and its entry."""
        for number, measure in enumerate(self.content.measures):
            for index, entry in enumerate(measure.evidence):
                yield ("measures", number, "evidence", index), measure.key, entry
        for index, own in enumerate(self.content.requirements):
            yield ("requirements", index), None, own


def read(path: Path) -> PublishedStatement:
    """Read a statement with its text and check it by itself. Raises `WrongFile`."""
    source = read_source(path, StatementFile)
    _key_is_name(source)
    return _checked(source, _published_text(source))


def parse(key: str, yaml: str, published_text: str) -> PublishedStatement:
    """Read a statement from the content of its two files and check it by itself. Raises `WrongFile`."""
    source = parse_source(Path(f"{key}.yaml"), yaml.encode(), StatementFile)
    _key_is_name(source)
    return _checked(source, _decoded(source, published_text.encode()))


def _key_is_name(source: Source[StatementFile]) -> None:
    if source.content.statement.key != source.path.stem:
        raise source.wrong(
            text("the key differs from the file's name; expected {name}.", name=source.path.stem), "statement", "key"
        )


def _checked(source: Source[StatementFile], published_text: str) -> PublishedStatement:
    published = PublishedStatement(source, published_text)
    _names_are_unique(published)
    _are_confirmed(published)
    _quotes_occur_once(published)
    check_reasons(source, published.text)
    return published


def _published_text(source: Source[StatementFile]) -> str:
    head = source.content.statement
    path = source.path.parent / head.text
    if not path.is_file():
        raise source.wrong(
            text("{file} does not exist; expected the published text there.", file=head.text), "statement", "text"
        )
    return _decoded(source, path.read_bytes())


def _decoded(source: Source[StatementFile], content: bytes) -> str:
    head = source.content.statement
    digest = hashlib.sha256(content).hexdigest()
    if digest != head.sha256:
        raise source.wrong(
            text(
                "the SHA-256 of {file} is {digest}: the text changed. A new version of a statement gets its own files.",
                file=head.text,
                digest=digest,
            ),
            *("statement", "sha256"),
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise source.wrong(
            text("{file} is not UTF-8 text; save it again as UTF-8.", file=head.text), "statement", "text"
        ) from error


def _names_are_unique(published: PublishedStatement) -> None:
    content, source = published.content, published.source
    lists: tuple[tuple[str, Sequence[Any]], ...] = (
        ("systems", content.systems),
        ("teams", content.teams),
        ("measures", content.measures),
    )
    for name, entries in lists:
        source.all_different([entry.key for entry in entries], _repeat, lambda index, name=name: (name, index, "key"))  # type: ignore[misc]
    places = list(published.requirements())
    source.all_different([entry.key for _, _, entry in places], _repeat, lambda index: (*places[index][0], "key"))
    for number, measure in enumerate(content.measures):
        source.all_different(
            [row.control for row in measure.mapping],
            _repeat,
            lambda index, number=number: ("measures", number, "mapping", index, "control"),  # type: ignore[misc]
        )
        source.all_different(
            [clause.quote for clause in measure.clauses],
            _repeat,
            lambda index, number=number: ("measures", number, "clauses", index, "quote"),  # type: ignore[misc]
        )


def _repeat(value: Any) -> Any:
    return text("{value} is already used here.", value=value)


def _are_confirmed(published: PublishedStatement) -> None:
    for number, measure in enumerate(published.content.measures):
        for index, clause in enumerate(measure.clauses):
            if not clause.confirmed:
                raise published.source.wrong(
                    text(
                        "the sentence {quote} is an unconfirmed proposal; read it, then remove this line or the "
                        "sentence.",
                        quote=repr(clause.quote[:80]),
                    ),
                    *("measures", number, "clauses", index, "confirmed"),
                )


def _quotes_occur_once(published: PublishedStatement) -> None:
    of_clauses = [
        (("measures", number, "clauses", index, "quote"), clause.quote)
        for number, measure in enumerate(published.content.measures)
        for index, clause in enumerate(measure.clauses)
    ]
    for where, quote in [*of_clauses, *quotes_with_reason(published.content)]:
        count = published.text.count(quote)
        if count != 1:
            raise published.source.wrong(
                text(
                    "the quote {quote} occurs {n} times in {file}; expected exactly once, to the letter.",
                    quote=repr(quote[:80]),
                    n=count,
                    file=published.content.statement.text,
                ),
                *where,
            )


def check_all(statements: Sequence[PublishedStatement], controls: Collection[str], teams: Collection[str]) -> None:
    """Check the statements against the catalogues and teams. Raises `WrongFile`."""
    for published in statements:
        _check(published, controls)
        _teams_exist(published, {*teams, *(team.key for team in published.content.teams)})


def _teams_exist(published: PublishedStatement, teams: Collection[str]) -> None:
    for where, _, entry in published.requirements():
        if entry.team not in teams:
            raise published.source.wrong(
                text("{team} is not a team; expected one of {known}.", team=entry.team, known=", ".join(sorted(teams))),
                *where,
                "team",
            )


def _check(published: PublishedStatement, controls: Collection[str]) -> None:
    """Refuse a control that is in no catalogue."""
    named = [
        (("measures", number, "mapping", index, "control"), row.control)
        for number, measure in enumerate(published.content.measures)
        for index, row in enumerate(measure.mapping)
    ]
    own = [
        (("requirements", index, "control"), entry.control)
        for index, entry in enumerate(published.content.requirements)
    ]
    for where, control in [*named, *own]:
        if control not in controls:
            raise published.source.wrong(text("{control} is not in any catalogue.", control=control), *where)


# ── The tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def bring_statements_up_to_date(
    session: Session,
    now: datetime,
    statements: Sequence[PublishedStatement],
    in_effect: Sequence[PublishedStatement],
    teams: Sequence[TeamEntry],
) -> dict[str, Change]:
    """Make the tables of statements, teams, measures and clauses equal to the files; what disappeared is retired.

    Replaced versions keep their text and clauses; measures and teams are those of the versions in effect.
    """
    _statements(session, now, statements)
    add_or_change(session, "team", _team_rows(in_effect, teams))
    measures = bring_up_to_date(session, "measure", _measure_rows(in_effect), lambda row: row["key"], now)
    _former_measures(session, now, statements)
    clauses = bring_up_to_date(
        session, "clause", _clause_rows(statements), lambda row: (row["statement"], row["key"]), now
    )
    _link_clauses(session, statements)
    return {"measure": measures, "clause": clauses}


def _statements(session: Session, now: datetime, statements: Sequence[PublishedStatement]) -> None:
    """Add or change statements. A version applies from its first load; one without a file replaces nothing any more."""
    before = {row["key"]: row["loaded_at"] for row in present(session, "statement", ["key", "loaded_at"])}
    here = {
        row["statement"] for row in present(session, "clause", ["statement", "retired_at"]) if not row["retired_at"]
    }
    rows = [_statement_row(published) for published in statements]
    loaded = [{**row, "loaded_at": before[row["key"]] if row["key"] in here else now} for row in rows]
    add_or_change(session, "statement", loaded)
    gone = before.keys() - {row["key"] for row in rows}
    change(session, "statement", "key", [{"key": key, "replaces": None} for key in sorted(gone)])


def _former_measures(session: Session, now: datetime, statements: Sequence[PublishedStatement]) -> None:
    """Add measures that only a replaced version promises, as retired: readers need their titles."""
    known = {row["key"] for row in present(session, "measure", ["key"])}
    rows = [{**row, "retired_at": now} for row in _measure_rows(statements) if row["key"] not in known]
    add(session, "measure", list({row["key"]: row for row in rows}.values()))


def _statement_row(published: PublishedStatement) -> dict[str, Any]:
    head = published.content.statement
    return {
        "key": head.key,
        "title_nl": head.title.nl,
        "title_en": head.title.en,
        "organisation": head.organisation,
        "language": head.language,
        "effective": head.effective,
        "source": head.source,
        "sha256": head.sha256,
        "text": published.text,
        "replaces": head.replaces,
        "no_measure": no_measure_values(published.content, published.text),
    }


def _team_rows(statements: Sequence[PublishedStatement], teams: Sequence[TeamEntry]) -> list[dict[str, Any]]:
    """Return the teams; of a team in several files, the title in the last statement is used."""
    every = [*teams, *(team for published in statements for team in published.content.teams)]
    rows = {team.key: {"key": team.key, "title_nl": team.title.nl, "title_en": team.title.en} for team in every}
    return list(rows.values())


def _measure_rows(statements: Sequence[PublishedStatement]) -> list[dict[str, Any]]:
    measures = [measure for published in statements for measure in published.content.measures]
    return [
        {"key": measure.key, "position": position, "title_nl": measure.title.nl, "title_en": measure.title.en}
        for position, measure in enumerate(measures, start=1)
    ]


def clause_key(quote: str) -> str:
    """Return a clause's key: the first 12 hexadecimal digits of the SHA-256 of its words."""
    return hashlib.sha256(quote.encode()).hexdigest()[:12]


def _clause_rows(statements: Sequence[PublishedStatement]) -> list[dict[str, Any]]:
    return [row for published in statements for row in _clauses_of(published)]


def _clauses_of(published: PublishedStatement) -> list[dict[str, Any]]:
    quotes = {clause.quote for measure in published.content.measures for clause in measure.clauses}
    headings = [(match.start(), match.group(1)) for match in _HEADING.finditer(published.text)]
    places = sorted((published.text.index(quote), quote) for quote in quotes)
    return [
        {
            "statement": published.content.statement.key,
            "key": clause_key(quote),
            "section": next((title for at, title in reversed(headings) if at <= start), ""),
            "quote": quote,
            "start": start,
            "end": start + len(quote),
        }
        for start, quote in places
    ]


def _link_clauses(session: Session, statements: Sequence[PublishedStatement]) -> None:
    """Make the links between clauses and measures equal to the files."""
    ids = {(row["statement"], row["key"]): row["id"] for row in present(session, "clause", ["id", "statement", "key"])}
    wanted = {
        (ids[published.content.statement.key, clause_key(clause.quote)], measure.key)
        for published in statements
        for measure in published.content.measures
        for clause in measure.clauses
    }
    before = {(row["clause"], row["measure"]) for row in present(session, "clause_measure", ["clause", "measure"])}
    add(
        session,
        "clause_measure",
        [{"clause": clause, "measure": measure} for clause, measure in sorted(wanted - before)],
    )
    if gone := before - wanted:
        links = table("clause_measure")
        session.execute(delete(links).where(tuple_(links.c.clause, links.c.measure).in_(sorted(gone))))
