"""Catalogues, their controls and requirement clauses, and the crosswalks between editions."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Catalogue(SQLModel, table=True):
    """An edition of a set of controls, updated from its YAML file (`sha256`: of that file).

    The organisation follows it from `followed_at` until `left_at`; other catalogues are for reference.
    """

    key: str = Field(primary_key=True)
    title_nl: str
    title_en: str
    short_nl: str
    short_en: str
    edition: str
    position: int
    themes: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Document)  # its own chapters: key → nl, en
    sha256: str
    followed_at: datetime | None = Field(default=None, sa_type=Moment)
    left_at: datetime | None = Field(default=None, sa_type=Moment)


class Control(SQLModel, table=True):
    """A control or requirement clause; `key` is `catalogue:ref`. Retired when its catalogue no longer has it."""

    key: str = Field(primary_key=True)
    catalogue: str = Field(foreign_key="catalogue.key", index=True)
    ref: str
    position: int
    kind: str  # control, clause
    theme: str
    title_nl: str
    title_en: str
    healthcare: str = "none"  # none, unknown, guidance, requirement, or hlt: a control for healthcare alone
    disputed: bool = False  # sources disagree on the healthcare addition
    attributes: dict[str, list[str]] = Field(default_factory=dict, sa_type=Document)
    note: str = ""
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Explanation(SQLModel, table=True):
    """The explanation of a control or requirement clause (`looks_for`: list of kind, nl, en)."""

    control: str = Field(primary_key=True, foreign_key="control.key")
    purpose_nl: str
    purpose_en: str
    adds_nl: str = ""  # what a healthcare edition adds to the control of the same number
    adds_en: str = ""
    looks_for: list[dict[str, str]] = Field(default_factory=list, sa_type=Document)
    shown_nl: str
    shown_en: str


class Crosswalk(SQLModel, table=True):
    """A relation: `from_control` is equal to, superset of, subset of or intersects `to_control`.

    The latest recorded row of a pair applies; `none` means no longer related.
    """

    id: int | None = Field(default=None, primary_key=True)
    from_control: str = Field(foreign_key="control.key", index=True)
    to_control: str = Field(foreign_key="control.key", index=True)
    relation: str
    source_nl: str = ""  # on what it is based
    source_en: str = ""
    note_nl: str = ""
    note_en: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
