"""The answer to a dry run: what an upload would record, and what that would change."""

from collections.abc import Collection, Mapping
from datetime import date

from pydantic import BaseModel, Field

from api.answers import FiledAnswer, filed
from evidence.intake.delivery.cells import CellKey
from locales import Language
from readiness import CellStatus, ControlStatus, MeasureStatus, Readiness, audit_verdict
from readiness.effects.upload_effect import UploadEffect

#: The stages of an effect: readiness before an upload, once it is saved, once it is accepted.
_STAGES = ("before", "saved", "accepted")


class StatusChange(BaseModel):
    """The statuses of a measure or control before an upload, once it is saved, and once somebody else accepts it."""

    key: str
    before: str = Field(examples=["missing"])
    saved: str = Field(examples=["in_review"])
    accepted: str = Field(examples=["demonstrated"])


class CellChange(BaseModel):
    """A cell that is covered, or whose status or end changes."""

    requirement: str
    system: str
    target: str
    before: str
    saved: str
    accepted: str
    valid_until: date | None = Field(description="the first day without valid evidence, once it is accepted")


class ScoreChange(BaseModel):
    """How many controls of the criteria are demonstrated, out of those that are applicable."""

    on: date
    applicable: int
    before: int
    saved: int
    accepted: int


class EffectAnswer(BaseModel):
    """What an upload would change. `accepted` is as saved where nobody needs to accept it."""

    needs_acceptance: bool = Field(description="whether acceptance by somebody else changes more than saving")
    cells: list[CellChange] = Field(description="that it covers or changes")
    measures: list[StatusChange] = Field(description="that it changes")
    controls: list[StatusChange] = Field(description="that it changes")
    scores: list[ScoreChange] = Field(description="today and on the day of the audit that is ahead")


class DryRunAnswer(FiledAnswer):
    """What would be recorded and what that would change. `id` is empty unless the same was uploaded before."""

    effect: EffectAnswer | None = Field(description="none for who may not read readiness")


def dry_run(t: Language, effect: UploadEffect) -> DryRunAnswer:
    """The answer to a dry run of an upload."""
    answer = filed(t, effect.filed, {})
    if effect.filed.is_new:
        answer.id = ""
    return DryRunAnswer(**answer.model_dump(), effect=_effect(effect))


def _effect(effect: UploadEffect) -> EffectAnswer | None:
    if effect.before is None or effect.saved is None or effect.accepted is None:
        return None
    stages = (effect.before, effect.saved, effect.accepted)
    then = [stage.audit for stage in stages if stage.audit is not None]
    return EffectAnswer(
        needs_acceptance=effect.needs_acceptance,
        cells=_cell_changes({cell.key for cell in effect.filed.covered}, *(stage.today for stage in stages)),
        measures=_status_changes(*(stage.today.measures for stage in stages)),
        controls=_status_changes(*(stage.today.controls for stage in stages)),
        scores=[
            _score(effect.before.catalogues, *(stage.today for stage in stages)),
            *([_score(effect.before.catalogues, *then)] if len(then) == len(stages) else []),
        ],
    )


def _cell_changes(covered: Collection[CellKey], *stages: Readiness) -> list[CellChange]:
    by_key = [{cell.key: cell for cell in stage.cells} for stage in stages]
    changes = {key: [cells.get(key, CellStatus(*key, "missing")) for cells in by_key] for key in by_key[-1]}
    return [
        CellChange(
            **dict(zip(("requirement", "system", "target"), key, strict=True)),
            **dict(zip(_STAGES, (cell.status for cell in cells), strict=True)),
            valid_until=cells[-1].valid_until,
        )
        for key, cells in changes.items()
        if key in covered or len({(cell.status, cell.valid_until) for cell in cells}) > 1
    ]


def _status_changes(*stages: Mapping[str, ControlStatus | MeasureStatus]) -> list[StatusChange]:
    changes = {key: [stage[key].status if key in stage else "unknown" for stage in stages] for key in stages[-1]}
    return [
        StatusChange(key=key, **dict(zip(_STAGES, statuses, strict=True)))
        for key, statuses in changes.items()
        if len(set(statuses)) > 1
    ]


def _score(catalogues: Collection[str], *stages: Readiness) -> ScoreChange:
    wanted = catalogues or {key.split(":")[0] for key in stages[-1].controls}
    scores = [audit_verdict(stage, wanted) for stage in stages]
    counts = dict(zip(_STAGES, (score.demonstrated for score in scores), strict=True))
    return ScoreChange(on=scores[-1].on, applicable=scores[-1].applicable, **counts)
