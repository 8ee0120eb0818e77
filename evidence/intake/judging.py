"""The verdict of each cell: every policy that its requirements name judges the runs, result by result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import thread_time
from typing import Any

from evidence.errors import TooCostly, Unfitting
from evidence.formats.values import ERROR, Result, Run
from evidence.formats.values import FAIL as FAILED
from evidence.formats.values import PASS as PASSED
from evidence.intake.cells import CellKey
from evidence.intake.delivery_fit import Delivery, DeliveryFit
from evidence.intake.inspection import InspectedFile, Inspection
from evidence.intake.reading.processes import budget_of
from evidence.intake.represented_days import RepresentedDays, around, is_long
from evidence.intake.target_matching import Tested
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.values import FAIL, NONE, PASS, DoesNotFit, Judge, JudgeContext, Row, Verdict
from locales import Text, text
from models.calendar import Span
from models.vocabulary import EvidenceKind

_JUDGING, _LEAST_JUDGING = 3, 10.0  # times what reading may cost; seconds at least
#: the outcomes of a case that ran
RAN = (PASSED, FAILED, ERROR)
#: A result and the level that the first policy gives it.
Judged = tuple[Result, str]


@dataclass(frozen=True, slots=True)
class CoveredCell:
    """What the evidence says of one cell."""

    requirement: str
    system: str
    target: str
    verdict: str
    failing: list[tuple[str, Text]] = field(default_factory=list)
    reason: Text | None = None
    ends: date | None = None
    days: Span | None = None  # that the evidence represents here; none: all of its days

    @property
    def key(self) -> CellKey:
        return self.requirement, self.system, self.target


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows and a delivery can't say.

    `executed_before`: how many cases ran in the newest accepted evidence of the same series; `in_scope`: all systems in
    scope; `others`: the rows of other registers that policies compare with, by policy, as they were accepted last.
    """

    executed_before: int | None = None
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)


class DeliveryJudgement:
    """The policies of one delivery, each with a judge for every file that it can read."""

    def __init__(self, delivery: Delivery, fit: DeliveryFit, known: Known) -> None:
        self._fit = fit
        self._until = judged_before(delivery.inspection.files)
        self._policies = policies_of(fit)
        context = JudgeContext(
            fit.last_day,
            fit.calendar,
            population=delivery.population.number if delivery.population else None,
            systems=sorted({system for _, system, _ in fit.cells if system}),
            populations=dict(delivery.populations),
            executed=executed(delivery),
            executed_before=known.executed_before,
            in_scope=known.in_scope,
            others=known.others,
            titles={key: policies()[key].title for key in compared_with(fit)},
        )
        self._judges: dict[str, dict[int, Judge]] = {}  # by policy, then by the file's position
        self._by_file: dict[int, list[Judge]] = {}
        self._inspection = delivery.inspection
        for policy in self._policies:
            for position, file in enumerate(delivery.inspection.files):
                if file.run is not None and file.format in policy.formats:
                    zoned = replace(context, zone=delivery.zones.get(file.name, ""))
                    judge = _judge(policy, file, file.run, _on_day_of(position, fit, zoned))
                    self._judges.setdefault(policy.id, {})[position] = judge
                    self._by_file.setdefault(position, []).append(judge)

    def policy_of(self, file: InspectedFile) -> str:
        """The policy whose levels are kept with the results of a file."""
        found = (one.judging(file.format) for one in self._policies if file.run and file.format in one.formats)
        return next((policy.id for policy in found), "")

    def hear(self, position: int, file: InspectedFile) -> Iterator[list[Judged]]:
        """The results of a file with their level; every judge sees each of them."""
        judges = self._by_file.get(position, [])
        for batch in file.spool.batches():
            if thread_time() > self._until:
                raise too_costly(file)
            if not judges:
                yield [(result, "") for result in batch]
                continue
            first = judges[0].add_result
            yield [(result, first(result)) for result in batch]
            for other in judges[1:]:
                for result in batch:
                    other.add_result(result)

    def covered(self) -> list[CoveredCell]:
        """The verdict of every cell, once all results were heard."""
        verdicts = {
            policy: {position: judge.verdicts() for position, judge in judges.items()}
            for policy, judges in self._judges.items()
        }
        asked = {one.key: one for one in self._fit.requirements}
        cells = []
        for key, tested in self._fit.cells.items():
            requirement = asked[key[0]]
            if requirement.kind == EvidenceKind.RECORD:
                cells.append(CoveredCell(*key, NONE))
                continue
            said = verdicts.get(requirement.policy or "", {})
            cell = _cell(key, tested, requirement.policy, list(said.values()))
            days = self._days(cell, tested, said) if requirement.kind == EvidenceKind.TEST else None
            cells.append(replace(cell, days=days))
        self._are_days_of_rows()
        return cells

    @property
    def warnings(self) -> list[Text]:
        """What the judges want a reviewer to look at."""
        judges = (judge for judges in self._judges.values() for judge in judges.values())
        return [warning for judge in judges for warning in judge.warnings]

    def _days(self, cell: CoveredCell, tested: Tested, said: Mapping[int, Mapping[str, Verdict]]) -> Span:
        """The days of the files that speak of a cell; of those that judge it, if any does."""
        naming = files_naming(self._inspection, tested)
        judging = [at for at in naming if _judges(cell.system, tested, said.get(at, {}))]
        return around(self._fit.days.of_files[at] for at in judging or naming)

    def _are_days_of_rows(self) -> None:
        """A register whose rows carry moments represents no day outside them."""
        for judges in self._judges.values():
            dated = [judge for judge in judges.values() if judge.moments]
            if spans := [judge.moments for judge in dated if judge.moments]:
                _is_within(self._fit.days, around(spans), can_be_quiet=dated[0].can_be_quiet)


def files_naming(inspection: Inspection, tested: Tested) -> list[int]:
    """The positions of the files that say something of a cell: they name what was tested, or name nothing."""
    named = [file.run.targets if file.run else set() for file in inspection.files]
    return [at for at, names in enumerate(named) if not names or tested is None or names & tested]


def longest_span(inspection: Inspection, fit: DeliveryFit) -> Span | None:
    """The longest time that the files of one cell of a test took; none if that is no more than a week."""
    tests = {one.key for one in fit.requirements if one.kind == EvidenceKind.TEST}
    spans = [_took(files_naming(inspection, tested), fit) for key, tested in fit.cells.items() if key[0] in tests]
    return max((span for span in spans if span and is_long(span)), key=lambda span: span[1] - span[0], default=None)


def _took(positions: Sequence[int], fit: DeliveryFit) -> Span | None:
    told = [fit.days.told[at] for at in positions if at in fit.days.told]
    return around(told) if told else None


def judged_before(files: Sequence[InspectedFile]) -> float:
    """The processor time of this thread by which judging these must be done."""
    return thread_time() + _seconds(files)


def too_costly(file: InspectedFile) -> TooCostly:
    return TooCostly(
        text(
            "{name}: judging this takes more than {n} seconds of a processor, the most for files of this "
            "size. Hand it in in parts.",
            name=file.name,
            n=round(_seconds([file])),
        )
    )


def _seconds(files: Sequence[InspectedFile]) -> float:
    """What judging may cost: some times what reading may."""
    return max(_LEAST_JUDGING, _JUDGING * budget_of(sum(file.staged.size for file in files)).seconds)


def policies_of(fit: DeliveryFit) -> list[Policy[Any]]:
    """The policies that judge a delivery, each once."""
    found = [policy_named(one.policy) for one in fit.requirements if one.policy and one.kind != EvidenceKind.RECORD]
    return list({policy.id: policy for policy in found}.values())


def judging_policies_of(fit: DeliveryFit) -> list[Policy[Any]]:
    """The policies that judge its files, by format where a policy leaves it to others."""
    return [judging for policy in policies_of(fit) for judging in policy.judging_policies()]


def compared_with(fit: DeliveryFit) -> set[str]:
    """The registers that those of a delivery must agree with, by policy."""
    return {other for policy in judging_policies_of(fit) for other in policy.compared_with()}


def executed(delivery: Delivery) -> int:
    """The test cases that ran, in all files."""
    return sum(file.counts.get(one, 0) for file in delivery.inspection.files for one in RAN)


def compares(fit: DeliveryFit) -> list[CellKey]:
    """The cells whose policy asks how many cases ran the last time."""
    asking = {
        one.key
        for one in fit.requirements
        if one.policy in policies()
        and any(judging.needs_earlier_run for judging in policies()[one.policy].judging_policies())
    }
    return [key for key in fit.cells if key[0] in asking]


def _on_day_of(position: int, fit: DeliveryFit, context: JudgeContext) -> JudgeContext:
    """A file that tells its days is judged on its own last day, whatever the days of the files beside it."""
    own = fit.days.of_files.get(position)
    return replace(context, as_of=own[1]) if own else context


def _judges(system: str, tested: Tested, said: Mapping[str, Verdict]) -> bool:
    """Whether one file gives some verdict on a cell."""
    return any(one.verdict != NONE for found in _spoken(system, tested, [said]) for one in found)


def _is_within(days: RepresentedDays, rows: Span, *, can_be_quiet: bool) -> None:
    """No day before the first row; none after the last, unless nothing can have happened since."""
    if days.first < rows[0]:
        raise Unfitting(
            text(
                "The register's rows are of {first} to {last}; it can't represent {day}. Give a later first day.",
                first=rows[0],
                last=rows[1],
                day=days.first,
            )
        )
    if days.last > rows[1] and not can_be_quiet:
        raise Unfitting(
            text(
                "The register's rows are of {first} to {last}; it can't represent {day}. Give an earlier last day.",
                first=rows[0],
                last=rows[1],
                day=days.last,
            )
        )


def _judge(policy: Policy[Any], file: InspectedFile, run: Run, context: JudgeContext) -> Judge:
    try:
        return policy.judge(run, context)
    except DoesNotFit as problem:
        raise DoesNotFit(text("{name}: {problem}", name=file.name, problem=problem.message)) from None


def policy_named(key: str) -> Policy[Any]:
    found = policies().get(key)
    if found is None:
        raise Unfitting(text("The requirement is judged by {policy}, and there is no such policy.", policy=key))
    return found


def _cell(key: CellKey, tested: Tested, policy: str | None, verdicts: Sequence[Mapping[str, Verdict]]) -> CoveredCell:
    if policy is None:
        return CoveredCell(
            *key, NONE, reason=text("No policy judges this requirement: nothing says whether it passes.")
        )
    per_target = _spoken(key[1], tested, verdicts)
    if not per_target:
        return CoveredCell(*key, NONE, reason=text("Nothing in the files could be judged by {policy}.", policy=policy))
    combined = _worst([_best(found) for found in per_target])
    return CoveredCell(*key, combined.verdict, _once(combined.failing), combined.reason, combined.ends)


def _spoken(system: str, tested: Tested, verdicts: Sequence[Mapping[str, Verdict]]) -> list[list[Verdict]]:
    """What is said of the cell: by all files of each tested target, and by each file that names no target."""
    names = set(tested) if tested is not None else {name for found in verdicts for name in found}
    if system and tested is None and any(system in found for found in verdicts):
        names = {system}  # a register that names systems says something of each
    spoken = [[found[name] for found in verdicts if name in found] for name in sorted(names - {""})]
    whole = [[found[""]] for found in verdicts if "" in found]  # a part of one run: no other file speaks for it
    return [each for each in [*spoken, *whole] if each]


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    """What several files say of one target: a fail, else a pass; a file that could not reach it says nothing."""
    fails = [one for one in verdicts if one.verdict == FAIL]
    passes = [one for one in verdicts if one.verdict == PASS]
    return _merged(fails or passes or list(verdicts))


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    """What several targets say of one cell: a fail, else nothing if one says nothing, else a pass."""
    for wanted in (FAIL, NONE):
        if found := [one for one in verdicts if one.verdict == wanted]:
            return _merged(found)
    return _merged(verdicts)


def _merged(verdicts: Sequence[Verdict]) -> Verdict:
    if len(verdicts) == 1:
        return verdicts[0]
    ends = [one.ends for one in verdicts if one.ends is not None]
    failing = [check for one in verdicts for check in one.failing]
    return Verdict(verdicts[0].verdict, verdicts[0].reason, failing, min(ends, default=None))


def _once(failing: Sequence[tuple[str, Text]]) -> list[tuple[str, Text]]:
    """A check fails once in a cell, with its first reason."""
    first: dict[str, Text] = {}
    for check, reason in failing:
        first.setdefault(check, reason)
    return list(first.items())
