"""The judgement of a delivery: every policy of its requirements judges the runs, result by result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import thread_time
from typing import Any

from evidence.errors import TooCostly, Unfitting
from evidence.formats.values import ERROR, Result, Run
from evidence.formats.values import FAIL as FAILED
from evidence.formats.values import PASS as PASSED
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.represented_days import RepresentedDays, is_long
from evidence.intake.delivery.target_matching import Tested
from evidence.intake.judgement.earlier_runs import RanBefore
from evidence.intake.reading.inspection import InspectedFile, Inspection
from evidence.intake.reading.processes import budget_of
from evidence.intake.reading.run_days import around
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import NOTHING
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
    """The verdict of evidence on one cell, with the checks that fail (name and reason)."""

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
class ComparisonData:
    """What is recorded and a delivery can't say.

    `ran_before`: what counted last in each series of its cells, where a policy compares numbers of test cases;
    `in_scope`: the keys of all systems in scope; `others`: the rows of other registers that policies compare with, by
    policy, as they were accepted last.
    """

    ran_before: Sequence[RanBefore] = ()
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)

    def executed_before(self, tool: str) -> int | None:
        """How many test cases ran in the evidence of this tool that counted last: the most of its series."""
        return max((one.executed for one in self.ran_before if one.tool == tool), default=None)


class DeliveryJudgement:
    """The judgement of one delivery: its policies, each with a judge for every file whose format it judges."""

    def __init__(
        self, delivery: Delivery, delivery_fit: DeliveryFit, comparison: ComparisonData, tool: str = ""
    ) -> None:
        self._fit = delivery_fit
        self._until = judged_before(delivery.inspection.files)
        self._policies = policies_of(delivery_fit)
        context = JudgeContext(
            delivery_fit.last_day,
            delivery_fit.calendar,
            population=delivery.population.number if delivery.population else None,
            systems=sorted({system for _, system, _ in delivery_fit.cells if system}),
            populations=dict(delivery.populations),
            executed=executed(delivery),
            executed_before=comparison.executed_before(tool),
            in_scope=comparison.in_scope,
            others=comparison.others,
            titles={key: policies()[key].title for key in registers_compared_with(delivery_fit)},
            mapping=delivery.mapping or NOTHING,
        )
        self._judges: dict[str, dict[int, Judge]] = {}  # by policy, then by the file's position
        self._contexts: list[tuple[Policy[Any], InspectedFile, Run, JudgeContext]] = []
        self._by_file: dict[int, list[Judge]] = {}
        self._inspection = delivery.inspection
        for policy in self._policies:
            for position, file in enumerate(delivery.inspection.files):
                if file.run is not None and file.format in policy.formats:
                    zoned = replace(context, zone=delivery.zones.get(file.name, ""))
                    context_of_file = _on_day_of(position, delivery_fit, zoned)
                    judge = _judge(policy, file, file.run, context_of_file)
                    self._contexts.append((policy.judging(file.format), file, file.run, context_of_file))
                    self._judges.setdefault(policy.id, {})[position] = judge
                    self._by_file.setdefault(position, []).append(judge)

    def policy_of(self, file: InspectedFile) -> str:
        """The policy whose levels are kept with the results of a file."""
        found = (one.judging(file.format) for one in self._policies if file.run and file.format in one.formats)
        return next((policy.id for policy in found), "")

    def judge_results(self, position: int, file: InspectedFile) -> Iterator[list[Judged]]:
        """Judge the results of a file, in batches; each result with the level that the first policy gives it.

        Raises `TooCostly`.
        """
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

    def points_to_review(self) -> list[Text]:
        """What does not fail and someone else must look at before it counts, each once. Raises `TooCostly`."""
        found = [
            point
            for policy, file, run, context in self._contexts
            for point in policy.points_to_review(run, _in_time(file), context)
        ]
        return list({str(one): one for one in found}.values())

    def covered(self) -> list[CoveredCell]:
        """The verdict of every cell, once the results of all files are judged. Raises `Unfitting`."""
        verdicts = {
            policy: {position: judge.verdicts() for position, judge in judges.items()}
            for policy, judges in self._judges.items()
        }
        requirements = {one.key: one for one in self._fit.requirements}
        cells = []
        for key, tested in self._fit.cells.items():
            requirement = requirements[key[0]]
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
        """Warnings of the judges for a reviewer."""
        judges = (judge for judges in self._judges.values() for judge in judges.values())
        return [warning for judge in judges for warning in judge.warnings]

    def _days(self, cell: CoveredCell, tested: Tested, said: Mapping[int, Mapping[str, Verdict]]) -> Span:
        """The days of the files that speak of a cell; of those that judge it, if any does."""
        naming = files_naming(self._inspection, tested)
        judging = [at for at in naming if _judges(cell.system, tested, said.get(at, {}))]
        return around(self._fit.days.by_file[at] for at in judging or naming)

    def _are_days_of_rows(self) -> None:
        """A register whose rows carry moments represents no day outside them."""
        for judges in self._judges.values():
            dated = [judge for judge in judges.values() if judge.moments]
            if spans := [judge.moments for judge in dated if judge.moments]:
                _is_within(self._fit.days, around(spans), can_be_quiet=dated[0].can_be_quiet)


def files_naming(inspection: Inspection, tested: Tested) -> list[int]:
    """The positions of the files that count for a cell: they name one of its tested targets, or name none."""
    named = [file.run.targets if file.run else set() for file in inspection.files]
    return [at for at, names in enumerate(named) if not names or tested is None or names & tested]


def longest_span(inspection: Inspection, delivery_fit: DeliveryFit) -> Span | None:
    """The longest time that the files of one cell of a test took; none if that is no more than a week."""
    tests = {one.key for one in delivery_fit.requirements if one.kind == EvidenceKind.TEST}
    spans = [
        _took(files_naming(inspection, tested), delivery_fit)
        for key, tested in delivery_fit.cells.items()
        if key[0] in tests
    ]
    return max((span for span in spans if span and is_long(span)), key=lambda span: span[1] - span[0], default=None)


def _took(positions: Sequence[int], delivery_fit: DeliveryFit) -> Span | None:
    run_days = [delivery_fit.days.run_days[at] for at in positions if at in delivery_fit.days.run_days]
    return around(run_days) if run_days else None


def judged_before(files: Sequence[InspectedFile]) -> float:
    """The processor time of this thread, in seconds, at which judging these files must end."""
    return thread_time() + _seconds(files)


def too_costly(file: InspectedFile) -> TooCostly:
    return TooCostly(
        text(
            "{name}: judging this takes more than {n} seconds of processor time, the most for files of this "
            "size. Upload it in parts.",
            name=file.name,
            n=round(_seconds([file])),
        )
    )


def _in_time(file: InspectedFile) -> Iterator[Result]:
    """The results of a file, while judging them costs no more than it may. Raises `TooCostly`."""
    until = judged_before([file])
    for batch in file.spool.batches():
        if thread_time() > until:
            raise too_costly(file)
        yield from batch


def _seconds(files: Sequence[InspectedFile]) -> float:
    """What judging may cost: some times what reading may."""
    return max(_LEAST_JUDGING, _JUDGING * budget_of(sum(file.staged.size for file in files)).seconds)


def policies_of(delivery_fit: DeliveryFit) -> list[Policy[Any]]:
    """The policies that judge a delivery, each once."""
    found = [
        policy_named(one.policy) for one in delivery_fit.requirements if one.policy and one.kind != EvidenceKind.RECORD
    ]
    return list({policy.id: policy for policy in found}.values())


def judging_policies_of(delivery_fit: DeliveryFit) -> list[Policy[Any]]:
    """The policies that judge its files, by format where a policy leaves it to others."""
    return [judging for policy in policies_of(delivery_fit) for judging in policy.judging_policies()]


def registers_compared_with(delivery_fit: DeliveryFit) -> set[str]:
    """The policies of the registers that a delivery is compared with."""
    return {other for policy in judging_policies_of(delivery_fit) for other in policy.compared_with()}


def executed(delivery: Delivery) -> int:
    """The number of test cases that ran, in all files."""
    return sum(file.counts.get(one, 0) for file in delivery.inspection.files for one in RAN)


def cells_compared_with_earlier_runs(delivery_fit: DeliveryFit) -> list[CellKey]:
    """The cells whose policy compares the number of test cases with the run before."""
    comparing = {
        one.key
        for one in delivery_fit.requirements
        if one.policy in policies()
        and any(judging.needs_earlier_run for judging in policies()[one.policy].judging_policies())
    }
    return [key for key in delivery_fit.cells if key[0] in comparing]


def _on_day_of(position: int, delivery_fit: DeliveryFit, context: JudgeContext) -> JudgeContext:
    """A file that tells its days is judged on its own last day, whatever the days of the files beside it."""
    own = delivery_fit.days.by_file.get(position)
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
