"""Catalogues: one YAML file per edition, read, checked, and brought into the tables."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from sqlmodel import Session

from controls.files.words import ATTRIBUTE_VALUES, CLAUSE_THEMES, CONTROL_THEMES, HEALTHCARE, KINDS
from controls.files.yaml_source import Both, Flag, Given, Key, Shape, Source, Whole, matching, one_of, read_source
from locales import text
from models.bulk_changes import Change, Row, add_or_change, bring_up_to_date, present
from models.vocabulary import ControlKind

Ref = Annotated[
    str, matching(r"[A-Za-z0-9][A-Za-z0-9.()-]{0,29}", text("a number as the catalogue writes it, such as A.8.24"))
]


class _Head(Shape):
    key: Key
    edition: Given
    title: Both
    short: Both
    position: Whole
    followed: Flag = True  # whether it is followed when no statement names catalogues


class _Theme(Shape):
    """A chapter of this catalogue, instead of the common themes."""

    key: Key
    title: Both


class _Attributes(Shape):
    """The attributes of ISO/IEC 27002:2022."""

    type: tuple[Annotated[str, one_of(ATTRIBUTE_VALUES["type"])], ...] = ()
    properties: tuple[Annotated[str, one_of(ATTRIBUTE_VALUES["properties"])], ...] = ()
    concepts: tuple[Annotated[str, one_of(ATTRIBUTE_VALUES["concepts"])], ...] = ()
    capabilities: tuple[Annotated[str, one_of(ATTRIBUTE_VALUES["capabilities"])], ...] = ()
    domains: tuple[Annotated[str, one_of(ATTRIBUTE_VALUES["domains"])], ...] = ()


class _Control(Shape):
    ref: Ref
    kind: Annotated[str, one_of(KINDS)]
    theme: Key
    title: Both
    healthcare: Annotated[str, one_of(HEALTHCARE)] = "none"
    disputed: Flag = False
    attributes: _Attributes = _Attributes()


class CatalogueFile(Shape):
    """The content of a catalogue file."""

    catalogue: _Head
    themes: tuple[_Theme, ...] = ()
    controls: tuple[_Control, ...]

    @property
    def keys(self) -> list[str]:
        """Keys of its controls and clauses, as `catalogue:ref`."""
        return [f"{self.catalogue.key}:{control.ref}" for control in self.controls]


def read(path: Path) -> Source[CatalogueFile]:
    """Read and check a catalogue. Raises `WrongFile`."""
    source = read_source(path, CatalogueFile)
    if source.content.catalogue.key != path.stem:
        raise source.wrong(
            text("the key differs from the file's name; expected {name}.", name=path.stem), "catalogue", "key"
        )
    source.all_different(
        [control.ref for control in source.content.controls],
        lambda ref: text("the ref {ref} is already in this catalogue.", ref=ref),
        lambda index: ("controls", index, "ref"),
    )
    _check_themes(source)
    return source


def _check_themes(source: Source[CatalogueFile]) -> None:
    own = [theme.key for theme in source.content.themes]
    source.all_different(
        own,
        lambda key: text("the theme {theme} is already in this catalogue.", theme=key),
        lambda index: ("themes", index, "key"),
    )
    for index, control in enumerate(source.content.controls):
        themes = own or (CLAUSE_THEMES if control.kind == ControlKind.CLAUSE else CONTROL_THEMES)
        if control.theme not in themes:
            raise source.wrong(
                text(
                    "the theme {theme} does not fit; expected one of {known}.",
                    theme=control.theme,
                    known=", ".join(themes),
                ),
                *("controls", index, "theme"),
            )


def bring_catalogues_up_to_date(
    session: Session, now: datetime, sources: Sequence[Source[CatalogueFile]], followed: Collection[str]
) -> Change:
    """Make the tables of catalogues and controls equal to the files; controls that disappeared are retired.

    `followed`: keys of the catalogues that the organisation follows.
    """
    since = {row["key"]: row for row in present(session, "catalogue", ["key", "followed_at", "left_at"])}
    add_or_change(
        session,
        "catalogue",
        [
            {**row, **_followed(since.get(row["key"]), wanted=row["key"] in followed, now=now)}
            for row in map(_catalogue_row, sources)
        ],
    )
    rows = [row for source in sources for row in _control_rows(source.content)]
    return bring_up_to_date(session, "control", rows, lambda row: row["key"], now)


def _followed(before: Row | None, *, wanted: bool, now: datetime) -> dict[str, datetime | None]:
    """Return since and until when a catalogue is followed; an earlier period is not kept when it is followed again."""
    followed_at, left_at = (before["followed_at"], before["left_at"]) if before else (None, None)
    if (followed_at is not None and left_at is None) == wanted:
        return {"followed_at": followed_at, "left_at": left_at}
    return {"followed_at": now, "left_at": None} if wanted else {"followed_at": followed_at, "left_at": now}


def _catalogue_row(source: Source[CatalogueFile]) -> dict[str, Any]:
    head = source.content.catalogue
    return {
        "key": head.key,
        "title_nl": head.title.nl,
        "title_en": head.title.en,
        "short_nl": head.short.nl,
        "short_en": head.short.en,
        "edition": head.edition,
        "position": head.position,
        "themes": {theme.key: {"nl": theme.title.nl, "en": theme.title.en} for theme in source.content.themes},
        "sha256": source.sha256,
    }


def _control_rows(content: CatalogueFile) -> list[dict[str, object]]:
    return [
        {
            "key": key,
            "catalogue": content.catalogue.key,
            "ref": control.ref,
            "position": position,
            "kind": control.kind,
            "theme": control.theme,
            "title_nl": control.title.nl,
            "title_en": control.title.en,
            "healthcare": control.healthcare,
            "disputed": control.disputed,
            "attributes": control.attributes.model_dump(mode="json", exclude_unset=True),
            "note": "",
        }
        for position, (key, control) in enumerate(zip(content.keys, content.controls, strict=True), start=1)
    ]
