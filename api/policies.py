"""Routes for policies of the organisation's own: their editions, what differs, a preview, and publishing."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.request_context import Context, Day, InPath, Key, Keys, Number, Plain, RequestModel, Words
from evidence.intake.judged_again import policy_preview
from evidence.intake.judged_again.policy_preview import MOST_OF_SERIES, OtherVerdict, PastRun
from evidence.judging import policy_descriptions
from evidence.judging.own_policies import editions
from evidence.judging.own_policies.differences import ChangedSentence
from evidence.judging.own_policies.editions import EditionDraft, EditionRow

router = APIRouter(prefix="/v1/policies/{key}", tags=["controls"])


class DraftOfEdition(RequestModel):
    """An edition as you want it."""

    content: Annotated[Plain, Field(max_length=200_000, description="YAML, as in evidence/policies")]
    requirements: Keys = Field(default_factory=list, description="the evidence requirements that it judges")
    after: Annotated[Number, Field(description="the number of the edition that you saw last; 0: a new policy")] = 0
    copy_of: Annotated[Plain, Field(max_length=200, description="of a new policy: the one that it is a copy of")] = ""


class NewEdition(DraftOfEdition):
    """An edition to publish."""

    first_day: Day
    reason: Words


class EditionAnswer(BaseModel):
    """A published edition. Of one policy applies the latest first day that has come; of one day, the highest number."""

    id: str = Field(description="as in judgements")
    number: int
    copy_of: str
    content: str
    sha256: str
    requirements: list[str]
    first_day: date
    reason: str
    recorded_at: datetime
    recorded_by: str


class VerdictAnswer(BaseModel):
    """A past run that the edition would have judged otherwise."""

    evidence: str
    title: str
    day: date
    requirement: str
    system: str
    target: str
    before: Literal["pass", "fail", "none"]
    after: Literal["pass", "fail", "none"]
    failing: list[str] = Field(description="the checks that would fail")


class NotJudgedAnswer(BaseModel):
    """A past run that can't be judged now."""

    evidence: str
    title: str
    day: date
    why: str


class PreviewAnswer(BaseModel):
    """What an edition would have judged otherwise. Nothing is recorded."""

    changed: list[VerdictAnswer]
    judged: int = Field(description=f"runs that were read and judged: at most {MOST_OF_SERIES} of each series")
    left_out: int = Field(description="older or larger runs that were not read")
    not_judged: list[NotJudgedAnswer]


class OtherPolicy(RequestModel):
    """With which policy or edition it is compared."""

    new: Key


@router.get("/editions", summary="The editions of a policy of your own")
def list_editions(context: Context, key: InPath) -> list[EditionAnswer]:
    """Newest first; none of a policy that came along."""
    with context.reading() as (session, _):
        return [_edition(row) for row in editions.list_editions(session, context.person, key)]


@router.get("/differences", summary="What another policy or edition says otherwise")
def differences(context: Context, key: InPath, query: Annotated[OtherPolicy, Query()]) -> list[ChangedSentence]:
    """In the reader's language, sentence by sentence."""
    with context.reading() as (session, _):
        return policy_descriptions.compare_policies(session, context.person, key, query.new, context.language)


@router.post("/editions/preview", summary="Which past runs an edition would have judged otherwise")
def preview(context: Context, key: InPath, draft: DraftOfEdition) -> PreviewAnswer:
    """The files of the newest runs are read again, so this takes as long as uploading them. Nothing is recorded."""
    with context.reading() as (_, now):
        pass
    wanted = _draft(key, draft)
    found = policy_preview.preview_edition(context.engine, context.store, context.person, wanted, now)
    return PreviewAnswer(
        changed=[_verdict(other) for other in found.changed],
        judged=found.judged,
        left_out=found.left_out,
        not_judged=[NotJudgedAnswer(**_run(run), why=context.language.render(why)) for run, why in found.not_judged],
    )


@router.post("/editions", status_code=201, summary="Publish an edition of a policy of your own")
def publish(context: Context, key: InPath, new: NewEdition) -> EditionAnswer:
    """It judges what evidence represents from its first day on: today or later, so that no past day changes.

    The key of a new policy begins with own-; it is a copy of `copy_of`, and judges some of its requirements instead.
    """
    with context.writing() as (session, now):
        row = editions.publish_edition(session, context.person, _draft(key, new), new.first_day, new.reason, now)
    return _edition(row)


def _draft(key: str, draft: DraftOfEdition) -> EditionDraft:
    return EditionDraft(key, draft.content, tuple(draft.requirements), draft.after, draft.copy_of)


def _edition(row: EditionRow) -> EditionAnswer:
    plain = [name for name in EditionAnswer.model_fields if name != "requirements"]
    return EditionAnswer(**{name: getattr(row, name) for name in plain}, requirements=list(row.requirements))


def _verdict(other: OtherVerdict) -> VerdictAnswer:
    return VerdictAnswer(
        **_run(other.run),
        requirement=other.requirement,
        system=other.system,
        target=other.target,
        before=other.before,
        after=other.after,
        failing=list(other.failing),
    )


def _run(run: PastRun) -> dict[str, Any]:
    return {"evidence": run.evidence, "title": run.title, "day": run.day}
