"""The evidence requirements that can accept uploaded files."""

from collections.abc import Iterable, Sequence

from access.permissions import Person, require
from controls.browse.values import RequirementRow
from evidence.formats import with_relatives
from evidence.intake.delivery.token_limits import may_upload_for
from evidence.intake.reading.inspection import InspectedFile, Inspection
from models.vocabulary import EvidenceKind


def accepting_requirements(requirements: Iterable[RequirementRow], inspection: Inspection) -> list[RequirementRow]:
    """The requirements that accept these files: first those with a policy, then other tests, then documents."""
    accepted = [
        requirement for requirement in requirements if all(_accepts(requirement, file) for file in inspection.files)
    ]
    return sorted(
        accepted, key=lambda requirement: (requirement.kind == EvidenceKind.RECORD, requirement.policy is None)
    )


def stating(requirements: Sequence[RequirementRow], inspection: Inspection) -> list[RequirementRow]:
    """Those of the requirements that name the format of each file itself; all of them if none does."""
    named = [row for row in requirements if all(file.kind in row.formats for file in inspection.files)]
    return named or list(requirements)


def candidates_for(
    person: Person, requirements: Iterable[RequirementRow], inspection: Inspection
) -> list[RequirementRow]:
    """Those of them that the person may upload for, by their teams and the limits of their token."""
    require(person, "evidence.file")
    return [
        requirement
        for requirement in accepting_requirements(requirements, inspection)
        if may_upload_for(person, requirement) and (not person.requirements or requirement.key in person.requirements)
    ]


def _accepts(requirement: RequirementRow, file: InspectedFile) -> bool:
    """Whether a requirement accepts a file; any file can be a document."""
    return requirement.kind == EvidenceKind.RECORD or file.kind in with_relatives(requirement.formats)
