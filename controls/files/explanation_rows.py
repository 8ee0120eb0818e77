"""Explanations: checked against catalogues and teams, and brought into the table."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session

from controls.files.explanation_file import ExplanationEntry, ExplanationsFile
from controls.files.yaml_source import Source
from locales import text
from models.bulk_changes import Change, add, change, present, table


def check(sources: Sequence[Source[ExplanationsFile]], controls: Collection[str], teams: Collection[str]) -> None:
    """Check that each control exists and is explained once, and that each requirement has one key and a known team.

    Raises `WrongFile`.
    """
    seen: dict[str, str] = {}
    for source in sources:
        for index, explanation in enumerate(source.content.explanations):
            key = f"{source.content.catalogue}:{explanation.ref}"
            if key not in controls:
                raise source.wrong(
                    text("{control} is not in any catalogue.", control=key), "explanations", index, "ref"
                )
            if file := seen.get(key):
                raise source.wrong(
                    text("{control} is already explained in {file}.", control=key, file=file),
                    *("explanations", index, "ref"),
                )
            seen[key] = source.path.name
        _check_requirements(source, seen, teams)


def _check_requirements(source: Source[ExplanationsFile], seen: dict[str, str], teams: Collection[str]) -> None:
    for where, _, entry in source.content.requirements():
        if file := seen.get(entry.key):
            raise source.wrong(
                text("the evidence requirement {key} is already in {file}.", key=entry.key, file=file),
                *(*where, "key"),
            )
        seen[entry.key] = source.path.name
        if entry.team not in teams:
            raise source.wrong(
                text("{team} is not a team; expected one of {known}.", team=entry.team, known=", ".join(sorted(teams))),
                *(*where, "team"),
            )


def bring_explanations_up_to_date(session: Session, sources: Sequence[Source[ExplanationsFile]]) -> Change:
    """Make the table equal to the files. Explanations have no versions: no status depends on their texts."""
    wanted = {
        row["control"]: row
        for source in sources
        for row in (_row(source.content.catalogue, entry) for entry in source.content.explanations)
    }
    columns = [column.name for column in table("explanation").columns]
    before = {row["control"]: row for row in present(session, "explanation", columns)}
    gone = sorted(before.keys() - wanted.keys())
    if gone:
        session.execute(delete(table("explanation")).where(table("explanation").c.control.in_(gone)))
    added = add(session, "explanation", [row for key, row in wanted.items() if key not in before])
    different = [row for key, row in wanted.items() if key in before and row != before[key]]
    return Change(added, change(session, "explanation", "control", different), len(gone))


def _row(catalogue: str, entry: ExplanationEntry) -> dict[str, Any]:
    return {
        "control": f"{catalogue}:{entry.ref}",
        "purpose_nl": entry.purpose.nl,
        "purpose_en": entry.purpose.en,
        "adds_nl": entry.adds.nl if entry.adds else "",
        "adds_en": entry.adds.en if entry.adds else "",
        "looks_for": [{"kind": point.kind, "nl": point.words.nl, "en": point.words.en} for point in entry.looks_for],
        "shown_nl": entry.shown.nl,
        "shown_en": entry.shown.en,
    }
