"""Routes for drafts of a statement: made of a text, changed, and published as a version."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import BaseModel, Field

from api.downloads import attachment
from api.request_context import Context, Day, InPath, Keys, Plain, RequestModel
from controls.publish_draft import publish_draft
from controls.statement import drafts
from controls.statement.draft_sentences import DraftSentence
from controls.statement.drafts import Draft, DraftDetails
from controls.statement.files_of_draft import CATALOGUES
from controls.statement.own_measures import RENEWALS, OwnEvidence, OwnMeasure, as_values, own_measure
from controls.statement.proposed_promises import language_of
from demo.statement import statements_folder
from evidence.intake.documents import read_document
from models.vocabulary import SentenceDecision

router = APIRouter(prefix="/v1/statement-drafts", tags=["statement drafts"])

_Place = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
_Version = Annotated[int, Field(strict=True, ge=0, le=2**62, description="of the draft, as last read")]
_Detail = Annotated[Plain, Field(max_length=500)]
_LanguageOfText = Annotated[
    Literal["", "nl", "en"], Field(description="of the text; empty: the one with most words of promise")
]


class SentenceValue(RequestModel):
    """A passage of the text, the measures that it promises, and what was decided about it."""

    start: _Place
    end: Annotated[_Place, Field(description="characters `start` to `end` of the text")]
    measures: Annotated[Keys, Field(default_factory=list, description="keys of measures, at most three")]
    decision: SentenceDecision = SentenceDecision.UNDECIDED
    reason: Annotated[_Detail, Field(description="why it is left out")] = ""


class DetailsValue(RequestModel):
    """What is published with the text; may be incomplete until then."""

    title: _Detail = ""
    other_title: Annotated[_Detail, Field(description="in the other language; empty: the same")] = ""
    organisation: _Detail = ""
    effective: Day | None = None
    source: Annotated[_Detail, Field(description="the web address of the statement")] = ""
    catalogues: Keys = Field(default_factory=lambda: list(CATALOGUES))
    replaces: Annotated[_Detail, Field(description="the key of the statement in effect that it replaces")] = ""


class OwnEvidenceValue(RequestModel):
    """A document or record that demonstrates a measure; a reviewer judges it."""

    title: _Detail
    renewal: Annotated[_Detail, Field(description=f"how long it is valid: {', '.join(RENEWALS)}")]
    team: Annotated[_Detail, Field(description="key of the team that provides it")]


class OwnMeasureValue(RequestModel):
    """A measure that is not among the known ones, with its controls and its evidence; its title gives its key."""

    title: Annotated[_Detail, Field(description="in the language of the text")]
    other_title: Annotated[_Detail, Field(description="in the other language; empty: the same")] = ""
    controls: Annotated[Keys, Field(description="keys of controls, such as iso27001-2022:A.8.24")]
    requires: Annotated[
        Keys, Field(default_factory=list, description="keys of evidence requirements of these controls")
    ]
    evidence: OwnEvidenceValue | None = None


class OwnEvidenceAnswer(BaseModel):
    """A document or record that demonstrates a measure."""

    title: str
    renewal: str
    team: str


class OwnMeasureAnswer(BaseModel):
    """A measure of the draft's own; sentences name it by its key."""

    key: str
    title: str
    other_title: str
    controls: list[str]
    requires: list[str]
    evidence: OwnEvidenceAnswer | None


class SentenceAnswer(BaseModel):
    """A passage with its decision."""

    start: int
    end: int
    quote: str
    measures: list[str]
    decision: SentenceDecision
    reason: str


class DetailsAnswer(BaseModel):
    """What is published with the text."""

    title: str
    other_title: str
    organisation: str
    effective: date | None
    source: str
    catalogues: list[str]
    replaces: str


class DraftAnswer(BaseModel):
    """A draft as last saved."""

    key: str
    version: Annotated[int, Field(description="to be sent with a change: it is refused if someone saved since")]
    language: str
    text: str
    details: DetailsAnswer
    own_measures: list[OwnMeasureAnswer]
    sentences: list[SentenceAnswer]
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, made: Draft) -> Self:
        return cls(
            key=made.key,
            version=made.version,
            own_measures=[OwnMeasureAnswer.model_validate(as_values(measure)) for measure in made.own_measures],
            language=made.language,
            text=made.text,
            details=DetailsAnswer(**{name: getattr(made.details, name) for name in DetailsAnswer.model_fields}),
            sentences=[
                SentenceAnswer(
                    start=row.start,
                    end=row.end,
                    quote=made.text[row.start : row.end],
                    measures=list(row.measures),
                    decision=row.decision,
                    reason=row.reason,
                )
                for row in made.sentences
            ],
            recorded_at=made.recorded_at,
            recorded_by=made.recorded_by,
        )


class NewDraft(RequestModel):
    """The text of a statement, as Markdown."""

    text: Annotated[str, Field(max_length=200_000)]
    language: _LanguageOfText = ""


class DraftChange(RequestModel):
    """The sentences, details and own measures as they should be; what is left out of the request stays."""

    version: _Version
    own_measures: Annotated[list[OwnMeasureValue], Field(max_length=20)] | None = None
    sentences: Annotated[list[SentenceValue], Field(max_length=3_000)] | None = None
    details: DetailsValue | None = None


class SeenVersion(RequestModel):
    """The version of the draft that the request is about."""

    version: _Version


class PublishedAnswer(BaseModel):
    """The statement that is in effect from now on."""

    statement: str


@router.post("", status_code=201, summary="Start a statement from a text")
def create(context: Context, new: NewDraft) -> DraftAnswer:
    """Sentences that seem to promise something are proposed, undecided, each with the measure that fits best."""
    with context.writing() as (session, now):
        language = new.language or language_of(new.text)
        return DraftAnswer.of(drafts.create_draft(session, context.person, new.text, language, now))


@router.post("/document", status_code=201, summary="Start a statement from a document")
def create_from_document(
    context: Context,
    file: Annotated[UploadFile, File(description="Markdown, plain text, HTML, DOCX or PDF")],
    language: Annotated[_LanguageOfText, Form()] = "",
) -> DraftAnswer:
    """The document's text is read; the document is not kept."""
    text = read_document(context.person, file.file)
    with context.writing() as (session, now):
        return DraftAnswer.of(drafts.create_draft(session, context.person, text, language or language_of(text), now))


@router.get("", summary="The drafts of statements")
def read_drafts(context: Context) -> list[DraftAnswer]:
    """Those that were neither published nor thrown away, last saved first."""
    with context.reading() as (session, _):
        return [DraftAnswer.of(made) for made in drafts.drafts(session, context.person)]


@router.get("/{key}", summary="One draft")
def read_draft(context: Context, key: InPath) -> DraftAnswer:
    """As last saved."""
    with context.reading() as (session, _):
        return DraftAnswer.of(drafts.draft(session, context.person, key))


@router.put("/{key}", summary="Change a draft")
def change(context: Context, key: InPath, new: DraftChange) -> DraftAnswer:
    """Confirm sentences, move them to other measures, leave them out, split or join them: each list is replaced.

    Answers 409 if someone else saved the draft since the version that the request names.
    """
    rows = None if new.sentences is None else [_sentence(row) for row in new.sentences]
    details = None if new.details is None else _details(new.details)
    own = None if new.own_measures is None else [_own_measure(each) for each in new.own_measures]
    with context.writing() as (session, now):
        made = drafts.change_draft(
            session,
            context.person,
            key,
            now,
            version=new.version,
            sentences=rows,
            details=details,
            own_measures=own,
        )
        return DraftAnswer.of(made)


def _own_measure(new: OwnMeasureValue) -> OwnMeasure:
    evidence = OwnEvidence(**dict(new.evidence)) if new.evidence else None
    return own_measure(new.title, new.controls, other_title=new.other_title, requires=new.requires, evidence=evidence)


def _sentence(row: SentenceValue) -> DraftSentence:
    return DraftSentence(row.start, row.end, tuple(row.measures), row.decision, row.reason)


def _details(new: DetailsValue) -> DraftDetails:
    return DraftDetails(**{**dict(new), "catalogues": tuple(new.catalogues)})


@router.post("/{key}/publication", status_code=201, summary="Publish a draft")
def publish(context: Context, key: InPath, seen: SeenVersion) -> PublishedAnswer:
    """From then on the statement, its measures and evidence requirements are in effect; everything must be decided."""
    with context.writing() as (session, now):
        folder = statements_folder(session, context.statements)
        made = publish_draft(session, context.person, key, now, version=seen.version, statements=folder)
        return PublishedAnswer(statement=made)


@router.post("/{key}/discarding", status_code=204, summary="Throw a draft away")
def discard(context: Context, key: InPath, seen: SeenVersion) -> None:
    """It is no longer listed; its text and decisions stay on record."""
    with context.writing() as (session, now):
        drafts.discard_draft(session, context.person, key, now, version=seen.version)


@router.get("/{key}/files/{kind}", summary="A file of a draft", response_class=Response)
def draft_file(context: Context, key: InPath, kind: Annotated[Literal["yaml", "md"], Path()]) -> Response:
    """The draft as a file for a folder of statements (`AANTOONBAAR_STATEMENTS`)."""
    with context.reading() as (session, _):
        files = drafts.draft_statement(session, context.person, key)
    content, media = {"yaml": (files.yaml, "application/yaml"), "md": (files.text, "text/markdown")}[kind]
    attached = {"content-disposition": attachment(f"{files.key}.{kind}")}
    return Response(content.encode(), media_type=f"{media}; charset=utf-8", headers=attached)
