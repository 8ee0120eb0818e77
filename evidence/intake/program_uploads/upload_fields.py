"""The fields of an upload by a program, as they were sent and are stored, and the delivery that they describe."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from evidence.errors import Unfitting
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.reading.inspection import Inspection, StagedFile
from evidence.judging.table_mapping import TableMapping, mapping_of
from locales import text

_LONGEST_PART = 60  # characters of a name in a mapping that a message tells
_LONGEST_NUMBER = 9  # digits of a count


class UploadFields(BaseModel):
    """What is sent with the files; `docs/pipelines/curl.md` and the API's reference describe each field."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    requirement: list[str]
    system: list[str] = []
    target: list[str] = []
    first_day: date | None = None
    last_day: date | None = None
    explicit_end: date | None = None
    title: str = ""
    note: str = ""
    tool: str = ""
    population: int | None = None
    population_source: str = ""
    population_day: date | None = None
    population_of: list[str] = []
    mapping: str = ""
    format: list[str] = []
    zone: list[str] = []


def request_digest(fields: UploadFields, files: Sequence[StagedFile]) -> str:
    """The SHA-256 of a request: the same for the same fields and files, in the same order."""
    sent = {"fields": fields.model_dump(mode="json"), "files": [[file.name, file.staged.sha256] for file in files]}
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def delivery_of(fields: UploadFields, inspection: Inspection) -> Delivery:
    """The files with what the fields declare about them. Raises `Unfitting` for a field of another form."""
    return Delivery(
        inspection,
        fields.requirement,
        fields.system,
        targets=_targets(fields.target),
        first_day=fields.first_day,
        last_day=fields.last_day,
        explicit_end=fields.explicit_end,
        title=fields.title,
        note=fields.note,
        population=_population(fields),
        populations=dict(_population_of(entry) for entry in fields.population_of),
        zones=dict(_zone(entry) for entry in fields.zone),
        tool=fields.tool,
        mapping=mapping_field(fields),
    )


def mapping_field(fields: UploadFields) -> TableMapping | None:
    """The mapping that was sent, if any. Raises `Unfitting`."""
    if not fields.mapping.strip():
        return None
    try:
        return mapping_of(fields.mapping)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part)[:_LONGEST_PART] for part in first["loc"][:2]) or "mapping"
        raise Unfitting(
            text(
                "mapping: {where} is not as expected: JSON with columns, values, dates, left_out, such as {example}.",
                where=where,
                example='{"columns": {"decided_by_ref": "Beoordelaar"}}',
            )
        ) from None


def _zone(entry: str) -> tuple[str, str]:
    name, equals, zone = entry.rpartition("=")
    if not equals or not name or not zone:
        raise Unfitting(text("zone: {entry} is not a zone; name the file and its zone: zone=FILE=ZONE.", entry=entry))
    return name, zone


def _targets(entries: Sequence[str]) -> dict[str, tuple[str, str]]:
    targets: dict[str, tuple[str, str]] = {}
    for entry in entries:
        tested, place = _target(entry)
        if targets.setdefault(tested, place) != place:
            raise Unfitting(text("target: {entry}: the same file or address already has another target.", entry=entry))
    return targets


def _target(entry: str) -> tuple[str, tuple[str, str]]:
    """What was tested (empty where the files name nothing), and its system and target."""
    tested, place = entry.partition("=")[::2] if "=" in entry else ("", entry)
    system, slash, target = place.partition("/")
    if not system or not (tested or slash):
        raise Unfitting(
            text(
                "target: {entry} is not a target; name the target: target=ADDRESS=SYSTEM/TARGET, or "
                "target=SYSTEM/TARGET for a file that names no address.",
                entry=entry,
            )
        )
    return tested, (system, target)


def _population(fields: UploadFields) -> Population | None:
    sent = (fields.population, fields.population_source or None, fields.population_day)
    if sent == (None, None, None):
        return None
    if fields.population is None or not fields.population_source or fields.population_day is None:
        raise Unfitting(
            text(
                "A population needs a number, its source and its day: population=NUMBER, population_source=TEXT and "
                "population_day=YYYY-MM-DD."
            )
        )
    return Population(fields.population, fields.population_source, fields.population_day)


def _population_of(entry: str) -> tuple[str, int]:
    system, _, number = entry.partition("=")
    if not system or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise Unfitting(
            text(
                "population_of: {entry} is not a population; name the system and its number: "
                "population_of=SYSTEM=NUMBER.",
                entry=entry,
            )
        )
    return system, int(number)
