"""The format that each file of recorded evidence was read as, and why."""

from evidence.intake.reading.recognition import Recognition, recognition
from evidence.library.evidence_items import EvidenceDetail


def recognised(detail: EvidenceDetail) -> dict[int, Recognition]:
    """By position of a file with a run: the format that it was read as, and why."""
    overruled = {name: shown for name, (_, shown) in detail.declared.get("formats", {}).items()}
    names = {file.position: file.name for file in detail.files}
    return {
        run.file: recognition(names[run.file], run.format, overruled.get(names[run.file]))
        for run in detail.runs
        if run.file in names
    }
