"""The answer about an upload that is judged in the background."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from api import answers, problems
from api.answers import FiledAnswer
from api.problems import ProblemAnswer
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


def upload(t: Language, row: UploadRow, root: str) -> UploadAnswer:
    """The answer about an upload. `root`: the path under which the API is served."""
    address = f"{root}/v1/uploads/{row.id}"
    filed = answers.filed(t, row.filed) if row.filed is not None else None
    if filed is not None:
        filed.links = answers.links(root, filed.id)
    return UploadAnswer(
        id=row.id,
        stage=_stage(row),
        uploaded_by=row.uploaded_by,
        received_at=row.received_at,
        ended_at=row.ended_at,
        files=[UploadedFile(name=file.name, sha256=file.sha256, size=file.size) for file in row.files],
        filed=filed,
        problem=problems.problem_of(t, row.refusal, address) if row.refusal is not None else None,
        links=UploadLinks(upload=address, evidence=filed.links.evidence if filed and filed.links else None),
    )


def _stage(row: UploadRow) -> Stage:
    return Stage.JUDGING if row.state == UploadState.WAITING and row.begun else Stage(row.state)
