"""What must be shown: catalogues and their controls, the statement, measures, evidence requirements."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from api.request_context import Context, Given, Key
from controls.browse import lookup
from controls.browse.rows import (
    CatalogueRow,
    ControlDetail,
    ControlRow,
    MeasureRow,
    RequirementRow,
    StatementRow,
    TeamRow,
)
from controls.errors import Unknown
from controls.statement import draft, statement_versions
from controls.statement.differences import Difference
from controls.statement.version_rows import VersionRow
from evidence.judging import policy_descriptions
from evidence.judging.policy_descriptions import PolicyPage, PolicyRow
from locales import text

router = APIRouter(prefix="/v1", tags=["controls"])
InPath = Annotated[str, Path(min_length=1, max_length=200)]


class CatalogueQuery(Given):
    """Which catalogue."""

    catalogue: Key


class VersionsQuery(Given):
    """Which two versions, by key."""

    old: Key
    new: Key


@router.get("/catalogues", summary="The catalogues")
def catalogues(context: Context) -> list[CatalogueRow]:
    """Their editions, and how many controls and requirement clauses each has."""
    with context.reading() as (session, _):
        return lookup.catalogues(session, context.person)


@router.get("/controls", summary="The controls of a catalogue")
def controls(context: Context, asked: Annotated[CatalogueQuery, Query()]) -> list[ControlRow]:
    """Each with its partners in other catalogues. Keys of catalogues are at /v1/catalogues."""
    with context.reading() as (session, _):
        known = [row.key for row in lookup.catalogues(session, context.person)]
        if asked.catalogue not in known:
            raise Unknown(text("There is no catalogue {key}.", key=asked.catalogue))
        return lookup.controls(session, context.person, asked.catalogue)


@router.get("/controls/{key}", summary="One control")
def control(context: Context, key: InPath) -> ControlDetail:
    """With what is mapped to it, and the requirements of its own."""
    with context.reading() as (session, _):
        return lookup.control(session, context.person, key)


@router.get("/measures", summary="The measures")
def measures(context: Context) -> list[MeasureRow]:
    """What the organisation says it does: the clauses that say it, the controls it serves, what shows it."""
    with context.reading() as (session, _):
        return lookup.measures(session, context.person)


@router.get("/measures/{key}", summary="One measure")
def measure(context: Context, key: InPath) -> MeasureRow:
    """With its clauses, mapping and evidence requirements."""
    with context.reading() as (session, _):
        return lookup.measure(session, context.person, key)


@router.get("/policies", summary="The policies")
def policies(context: Context) -> list[PolicyRow]:
    """What test results and registers are judged by. Evidence requirements name one by its id."""
    return policy_descriptions.list_policies(context.person)


@router.get("/policies/{key}", summary="One policy, in words")
def policy(context: Context, key: InPath) -> PolicyPage:
    """What it reads, what fails and by which source, as Markdown in the reader's language."""
    return policy_descriptions.describe_policy(context.person, key, context.language)


@router.get("/statement", summary="The statement as published")
def statement(context: Context) -> StatementRow:
    """Its text, and its clauses with their place in it."""
    with context.reading() as (session, _):
        return lookup.statement(session, context.person)


@router.get("/statement/versions", summary="The versions of the statement")
def versions(context: Context) -> list[VersionRow]:
    """The one in effect first, then back in time."""
    with context.reading() as (session, _):
        return statement_versions.versions(session, context.person)


@router.get("/statement/differences", summary="What differs between two versions")
def differences(context: Context, asked: Annotated[VersionsQuery, Query()]) -> list[Difference]:
    """Clauses that stayed, changed, went or came, with the measures concerned and the words that differ."""
    with context.reading() as (session, _):
        return statement_versions.compare(session, context.person, asked.old, asked.new)


@router.get("/statement/draft/{kind}", summary="A file made of a pasted text", response_class=Response)
def draft_file(context: Context, kind: Annotated[Literal["yaml", "md"], Path()]) -> Response:
    """What the person made last on the page that starts a statement; kept in memory, for them alone."""
    files = draft.draft(context.person)
    content, media = {"yaml": (files.yaml, "application/yaml"), "md": (files.text, "text/markdown")}[kind]
    attached = {"content-disposition": f'attachment; filename="{files.key}.{kind}"'}
    return Response(content.encode(), media_type=f"{media}; charset=utf-8", headers=attached)


@router.get("/requirements", summary="The evidence requirements")
def requirements(context: Context) -> list[RequirementRow]:
    """What proof, how often, for what scope, by which team, judged by what."""
    with context.reading() as (session, now):
        return lookup.requirements(session, context.person, now)


@router.get("/teams", summary="The teams")
def teams(context: Context) -> list[TeamRow]:
    """Who delivers evidence."""
    with context.reading() as (session, _):
        return lookup.teams(session, context.person)
