"""What a file of explanations may say: what a control is for, what an auditor looks for, what shows it by default."""

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

_FEWEST, _MOST = 3, 6  # points


class PointEntry(Shape):
    """One thing that an auditor looks for: something asked, something sampled, or what commonly fails."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    asks: Both | None = None
    samples: Both | None = None
    fails: Both | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
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
    """A control or requirement clause, and its evidence requirements unless the organisation says otherwise."""

    ref: Ref
    purpose: Both
    adds: Both | None = None
    looks_for: tuple[PointEntry, ...] = Field(json_schema_extra={"minItems": _FEWEST, "maxItems": _MOST})
    shown: Both
    evidence: tuple[RequirementEntry, ...] = ()

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not _FEWEST <= len(self.looks_for) <= _MOST:
            raise Unexpected(text("expected {fewest} to {most} points.", fewest=_FEWEST, most=_MOST), "looks_for")
        return self


class ExplanationsFile(Shape):
    """The whole file: a part of a catalogue."""

    catalogue: Key
    explanations: tuple[ExplanationEntry, ...]

    def requirements(self) -> Iterator[tuple[Where, str, RequirementEntry]]:
        """Every evidence requirement: where it stands, the key of its control, and what it says."""
        for number, one in enumerate(self.explanations):
            for index, entry in enumerate(one.evidence):
                yield ("explanations", number, "evidence", index), f"{self.catalogue}:{one.ref}", entry


class TeamsFile(Shape):
    """Who delivers what the explanations ask; a statement gives them its own titles, or adds teams."""

    teams: tuple[TeamEntry, ...]


def read(path: Path) -> Source[ExplanationsFile]:
    """A file of explanations, checked by itself. Raises `WrongFile`."""
    source = read_source(path, ExplanationsFile)
    if source.content.catalogue != path.parent.name:
        raise source.wrong(
            text("the catalogue differs from the folder's name; expected {name}.", name=path.parent.name), "catalogue"
        )
    return source


def read_teams(path: Path) -> Source[TeamsFile]:
    """The teams. Raises `WrongFile`."""
    source = read_source(path, TeamsFile)
    source.all_different(
        [team.key for team in source.content.teams],
        lambda key: text("{value} stands here already.", value=key),
        lambda index: ("teams", index, "key"),
    )
    return source
