"""Structure of explanation files: purpose of a control, points of attention of an auditor, default evidence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from controls.files.catalogue import Ref
from controls.files.requirement_file import RequirementEntry, TeamEntry
from controls.files.words import POINTS
from controls.files.yaml_source import Both, Key, Shape, Source, Unexpected, read_source
from controls.files.yaml_tree import Where
from locales import text

_FEWEST_POINTS, _MOST_POINTS = 3, 6  # points


class PointEntry(Shape):
    """One point of attention of an auditor: a question, a sample, or a common failure."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    asks: Both | None = None
    samples: Both | None = None
    fails: Both | None = None

    @model_validator(mode="after")
    def _has_one_kind(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise Unexpected(text("expected exactly one of {known}.", known=", ".join(POINTS)))
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))

    @property
    def words(self) -> Both:
        words: Both = getattr(self, self.kind)
        return words


class ExplanationEntry(Shape):
    """The explanation of a control or requirement clause, with its default evidence requirements."""

    ref: Ref
    purpose: Both
    adds: Both | None = None
    looks_for: tuple[PointEntry, ...] = Field(json_schema_extra={"minItems": _FEWEST_POINTS, "maxItems": _MOST_POINTS})
    shown: Both
    evidence: tuple[RequirementEntry, ...] = ()

    @model_validator(mode="after")
    def _has_enough_points(self) -> Self:
        if not _FEWEST_POINTS <= len(self.looks_for) <= _MOST_POINTS:
            raise Unexpected(
                text("expected {fewest} to {most} points.", fewest=_FEWEST_POINTS, most=_MOST_POINTS), "looks_for"
            )
        return self


class ExplanationsFile(Shape):
    """The content of an explanation file, for a part of a catalogue."""

    catalogue: Key
    explanations: tuple[ExplanationEntry, ...]

    def requirements(self) -> Iterator[tuple[Where, str, RequirementEntry]]:
        """Yield every evidence requirement: its place in the file, the key of its control, and its entry."""
        for number, explanation in enumerate(self.explanations):
            for index, entry in enumerate(explanation.evidence):
                yield ("explanations", number, "evidence", index), f"{self.catalogue}:{explanation.ref}", entry


class TeamsFile(Shape):
    """The teams that deliver evidence; a statement may rename them or add others."""

    teams: tuple[TeamEntry, ...]


def read(path: Path) -> Source[ExplanationsFile]:
    """Read an explanation file and check it by itself. Raises `WrongFile`."""
    source = read_source(path, ExplanationsFile)
    if source.content.catalogue != path.parent.name:
        raise source.wrong(
            text("the catalogue differs from the folder's name; expected {name}.", name=path.parent.name), "catalogue"
        )
    return source


def read_teams(path: Path) -> Source[TeamsFile]:
    """Read and check the teams. Raises `WrongFile`."""
    source = read_source(path, TeamsFile)
    source.all_different(
        [team.key for team in source.content.teams],
        lambda key: text("{value} is already used here.", value=key),
        lambda index: ("teams", index, "key"),
    )
    return source
