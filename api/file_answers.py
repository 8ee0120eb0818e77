"""The models of answers about uploaded files, and the functions that make them from values."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from evidence.intake.reading.recognition import Recognition
from evidence.intake.reasons.seen_before import SeenBefore
from locales import Language


class RecognisedFile(BaseModel):
    """The format that a file was read as, and why."""

    file: str
    format: str = Field(examples=["sarif"])
    because: str = Field(description="by what in its content it was recognised, or that a person chose it")
    is_chosen: bool = Field(description="whether the field `format` overruled what the content shows")


class SameBytes(BaseModel):
    """Other evidence with a file of the same bytes."""

    id: str
    title: str
    recorded_at: datetime
    uploaded_by: str
    first_day: date
    last_day: date


def recognised_file(t: Language, of_file: Recognition) -> RecognisedFile:
    """The format of a file, and why."""
    because = t.render(of_file.because)
    return RecognisedFile(file=of_file.file, format=of_file.format, because=because, is_chosen=of_file.is_chosen)


def same_bytes(other: SeenBefore) -> SameBytes:
    names = set(SameBytes.model_fields) - {"id"}
    return SameBytes(id=other.evidence, **{name: getattr(other, name) for name in names})
