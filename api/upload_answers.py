"""The answer about an upload that is judged in the background."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from api import answers, problems
from api.answers import Ends, FiledAnswer
from api.problems import ProblemAnswer
from evidence.intake.program_uploads.sent_uploads import SentUpload
from evidence.intake.program_uploads.upload_rows import UploadRow
from locales import Language
from models.vocabulary import UploadState


class Stage(StrEnum):
    """How far an upload is."""

    WAITING = "waiting"
    JUDGING = "judging"
    JUDGED = "judged"
    REFUSED = "refused"


class UploadedFile(BaseModel):
    """A file as it was received."""

    name: str
    sha256: str
    size: int = Field(description="in bytes")


class UploadLinks(BaseModel):
    """Where to ask again, and where the evidence is once there is any."""

    upload: str
    evidence: str | None


class UploadSummary(BaseModel):
    """An upload that is judged in the background, in a list."""

    id: str
    stage: Stage
    uploaded_by: str
    received_at: datetime
    ended_at: datetime | None
    files: list[str] = Field(description="their names")
    problem: ProblemAnswer | None = Field(description="why it was refused; nothing is recorded then")
    links: UploadLinks


class UploadAnswer(BaseModel):
    """An upload that is judged in the background, and what became of it."""

    id: str
    stage: Stage
    uploaded_by: str
    received_at: datetime
    ended_at: datetime | None
    files: list[UploadedFile]
    filed: FiledAnswer | None = Field(description="once it is judged: its evidence, with the verdicts of now")
    problem: ProblemAnswer | None = Field(description="why it was refused; nothing is recorded then")
    links: UploadLinks


def upload(t: Language, row: UploadRow, root: str, ends: Ends) -> UploadAnswer:
    """The answer about an upload. `root`: the path under which the API is served; `ends`: of its evidence, if any."""
    address = f"{root}/v1/uploads/{row.id}"
    filed = answers.filed(t, row.filed, ends) if row.filed is not None else None
    if filed is not None:
        filed.links = answers.links(root, filed.id)
    return UploadAnswer(
        id=row.id,
        stage=_stage(row.state, begun=row.begun),
        uploaded_by=row.uploaded_by,
        received_at=row.received_at,
        ended_at=row.ended_at,
        files=[UploadedFile(name=file.name, sha256=file.sha256, size=file.size) for file in row.files],
        filed=filed,
        problem=problems.problem_of(t, row.refusal, address) if row.refusal is not None else None,
        links=UploadLinks(upload=address, evidence=filed.links.evidence if filed and filed.links else None),
    )


def summary(t: Language, sent: SentUpload, root: str) -> UploadSummary:
    """The answer about an upload in a list. `root`: the path under which the API is served."""
    address = f"{root}/v1/uploads/{sent.id}"
    evidence = answers.links(root, sent.evidence).evidence if sent.evidence else None
    return UploadSummary(
        id=sent.id,
        stage=_stage(sent.state, begun=sent.attempts > 0),
        uploaded_by=sent.uploaded_by,
        received_at=sent.received_at,
        ended_at=sent.ended_at,
        files=sent.files,
        problem=problems.problem_of(t, sent.refusal, address) if sent.refusal else None,
        links=UploadLinks(upload=address, evidence=evidence),
    )


def _stage(state: UploadState, *, begun: bool) -> Stage:
    return Stage.JUDGING if state == UploadState.WAITING and begun else Stage(state)
