"""Routes for what must be demonstrated: catalogues, controls, the statement, measures, evidence requirements."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.downloads import attachment
from api.request_context import Context, InPath, Key, Plain, RequestModel
from controls.browse import lookup
from controls.browse.values import (
    CatalogueRow,
    ControlDetail,
    ControlRow,
    MeasureRow,
    RequirementRow,
    StatementRow,
    TeamRow,
)
from controls.errors import Unknown
from controls.statement import statement_versions
from controls.statement.differences import Difference
from controls.statement.version_rows import VersionRow
from evidence.judging import policy_descriptions
from evidence.judging.policy import TemplateFormat
from evidence.judging.policy_descriptions import PolicyPage, PolicyRow
from evidence.library.requirement_search import search_requirements
from locales import Language, text

router = APIRouter(prefix="/v1", tags=["controls"])
_TEMPLATES: Mapping[TemplateFormat, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


class CatalogueQuery(RequestModel):
    """Which catalogue."""

    catalogue: Key


class TemplateQuery(RequestModel):
    """The format of a template, and the language of its headings: by default the reader's."""

    format: TemplateFormat = "xlsx"
    language: Literal["nl", "en"] | None = None


class VersionsQuery(RequestModel):
    """Which two versions, by key."""

    old: Key
    new: Key


@router.get("/catalogues", summary="The catalogues")
def catalogues(context: Context) -> list[CatalogueRow]:
    """Their editions, and how many controls and requirement clauses each has."""
    with context.reading() as (session, _):
        return lookup.catalogues(session, context.person)


@router.get("/controls", summary="The controls of a catalogue")
def controls(context: Context, query: Annotated[CatalogueQuery, Query()]) -> list[ControlRow]:
    """Each with its partners in other catalogues. Keys of catalogues are at /v1/catalogues."""
    with context.reading() as (session, _):
        known = [row.key for row in lookup.catalogues(session, context.person)]
        if query.catalogue not in known:
            raise Unknown(text("There is no catalogue {key}.", key=query.catalogue))
        return lookup.controls(session, context.person, query.catalogue)


@router.get("/controls/{key}", summary="One control")
def control(context: Context, key: InPath) -> ControlDetail:
    """With the measures mapped to it, and its own requirements."""
    with context.reading() as (session, _):
        return lookup.control(session, context.person, key)


@router.get("/measures", summary="The measures")
def measures(context: Context) -> list[MeasureRow]:
    """Each with its passages in the statement, the controls it is mapped to, and its evidence requirements."""
    with context.reading() as (session, _):
        return lookup.measures(session, context.person)


@router.get("/measures/{key}", summary="One measure")
def measure(context: Context, key: InPath) -> MeasureRow:
    """With its clauses, mapping and evidence requirements."""
    with context.reading() as (session, _):
        return lookup.measure(session, context.person, key)


@router.get("/policies", summary="The policies")
def policies(context: Context) -> list[PolicyRow]:
    """The policies by which test results and registers are judged. Evidence requirements refer to one by its id."""
    with context.reading() as (session, _):
        return policy_descriptions.list_policies(session, context.person)


@router.get("/policies/{key}", summary="One policy, in words")
def policy(context: Context, key: InPath) -> PolicyPage:
    """What it reads, what fails and by which source, as Markdown in the reader's language."""
    with context.reading() as (session, _):
        return policy_descriptions.describe_policy(session, context.person, key, context.language)


@router.get(
    "/policies/{key}/template",
    summary="A template of a register",
    response_class=Response,
    responses={
        200: {"content": {each: {} for each in _TEMPLATES.values()}, "description": "The file, as an attachment"}
    },
)
def policy_template(context: Context, key: InPath, query: Annotated[TemplateQuery, Query()]) -> Response:
    """An empty workbook or CSV file with the columns of the register that a policy judges, and an example row.

    The headings are in the reader's language, or in the one that is named.
    """
    language = Language(query.language) if query.language else context.language
    with context.reading() as (session, _):
        content = policy_descriptions.policy_template(session, context.person, key, language, query.format)
    name = f"{key}.{language.code}.{query.format}"
    return Response(content, media_type=_TEMPLATES[query.format], headers={"content-disposition": attachment(name)})


@router.get("/statement", summary="The statement as published")
def statement(context: Context) -> StatementRow:
    """Its text, and its passages with their position in it."""
    with context.reading() as (session, _):
        return lookup.statement(session, context.person)


@router.get("/statement/versions", summary="The versions of the statement")
def versions(context: Context) -> list[VersionRow]:
    """The version in effect first, then earlier ones."""
    with context.reading() as (session, _):
        return statement_versions.versions(session, context.person)


@router.get("/statement/differences", summary="The differences between two versions")
def differences(context: Context, query: Annotated[VersionsQuery, Query()]) -> list[Difference]:
    """Passages that stayed, changed, were removed or added, with the measures concerned and the words that differ."""
    with context.reading() as (session, _):
        return statement_versions.compare(session, context.person, query.old, query.new)


@router.get("/requirements", summary="The evidence requirements")
def requirements(
    context: Context,
    search: Annotated[
        Plain,
        Query(
            max_length=200,
            description="number of a control, title, tool or word in either language; the best match first",
            examples=["A.8.24"],
        ),
    ] = "",
) -> list[RequirementRow]:
    """Which evidence, how often, for which scope, from which team, and by which policy it is judged."""
    with context.reading() as (session, now):
        rows = lookup.requirements(session, context.person, now)
        if not search.strip():
            return rows
        by_key = {row.key: row for row in rows}
        return [by_key[key] for key in search_requirements(session, context.person, search) if key in by_key]


@router.get("/teams", summary="The teams")
def teams(context: Context) -> list[TeamRow]:
    """The teams that provide evidence."""
    with context.reading() as (session, _):
        return lookup.teams(session, context.person)
