"""Judges a delivery: every policy of its requirements judges the runs, result by result."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from time import thread_time
from typing import Any

from controls.browse.values import RequirementRow
from evidence.errors import TooCostly, Unfitting
from evidence.formats.values import ERROR, Result, Run
from evidence.formats.values import FAIL as FAILED
from evidence.formats.values import PASS as PASSED
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.represented_days import RepresentedDays, is_long
from evidence.intake.delivery.target_matching import Tested
from evidence.intake.reading.inspection import InspectedFile, Inspection
from evidence.intake.reading.readers_and_budgets import budget_of
from evidence.intake.reading.run_days import around
from evidence.intake.verdicts.cell_verdicts import combined, grouped_verdicts
from evidence.intake.verdicts.days_before_edition import points_of_own_days
from evidence.intake.verdicts.earlier_runs import RanBefore
from evidence.intake.verdicts.vex_of_delivery import statements_in
from evidence.judging.first_days import NO_DAYS, FirstDays
from evidence.judging.levels import is_open
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import NOTHING
from evidence.judging.values import NONE, DoesNotFit, Judge, JudgeContext, Row, Verdict
from locales import Text, text
from models.calendar import Span
from models.moments import latest_possible
from models.vocabulary import EvidenceKind

_JUDGING, _LEAST_JUDGING = 3, 10.0  # times the reading budget; at least these seconds
#: outcomes of cases that ran
RAN = (PASSED, FAILED, ERROR)
#: a result, its level by the first policy, and of an open one the first day on which it was seen
Judged = tuple[Result, str, date | None]
#: gives the first day of a result with a level; None for one that is not open
FirstDayOf = Callable[[Result, str], date | None]


@dataclass(frozen=True, slots=True)
class CoveredCell:
    """The verdict of evidence for a cell, with its failing checks (name and reason)."""

    requirement: str
    system: str
    target: str
    verdict: str
    failing: list[tuple[str, Text]] = field(default_factory=list)
    reason: Text | None = None
    ends: date | None = None
    days: Span | None = None  # that the evidence represents for the cell; None: all of its days

    @property
    def key(self) -> CellKey:
        return self.requirement, self.system, self.target


@dataclass(frozen=True, slots=True)
class ComparisonData:
    """Recorded data that a delivery is compared with.

    `ran_before`: the last counting runs of its series, where a policy compares numbers of test cases; `in_scope`: keys
    of all systems in scope; `others`: last accepted rows of other registers, by policy; `first_days`: of findings in
    earlier runs for the same cells.
    """

    ran_before: Sequence[RanBefore] = ()
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)
    first_days: FirstDays = NO_DAYS

    def executed_before(self, tool: str) -> int | None:
        """The number of test cases in the last counting evidence of a tool, the highest of its series.

        None if there is none.
        """
        return max((run.executed for run in self.ran_before if run.tool == tool), default=None)


class DeliveryJudgement:
    """Judges a delivery by its policies, with a judge for each policy and file of a format that it judges."""

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
            until=latest_possible(delivery_fit.known_at),
            statements=statements_in(delivery.inspection.files),
            first_day=delivery_fit.first_day,
            first_days=comparison.first_days,
        )
        self._has_statements = bool(context.statements)
        self._judges: dict[str, dict[int, Judge]] = {}  # by policy, then by the file's position
        self._contexts: list[tuple[Policy[Any], InspectedFile, Run, JudgeContext]] = []
        self._by_file: dict[int, list[Judge]] = {}
        self._of_test: dict[int, tuple[timedelta | None, JudgeContext]] = {}  # by position: see `Policy.returning`
        is_test = any(requirement.kind == EvidenceKind.TEST for requirement in delivery_fit.requirements)
        self._inspection = delivery.inspection
        for policy in self._policies:
            for position, file in enumerate(delivery.inspection.files):
                if file.run is not None and file.format in policy.formats:
                    zoned = replace(context, zone=delivery.zones.get(file.name, ""))
                    context_of_file = _context_of_file(position, delivery_fit, zoned)
                    judge = _judge(policy, file, file.run, context_of_file)
                    self._contexts.append((policy.judging(file.format), file, file.run, context_of_file))
                    self._judges.setdefault(policy.id, {})[position] = judge
                    self._by_file.setdefault(position, []).append(judge)
                    if is_test:
                        returning = policy.judging(file.format).returning
                        self._of_test.setdefault(position, (returning, context_of_file))

    def policy_of(self, file: InspectedFile) -> str:
        """Id of the policy whose levels are stored with the results of a file; empty if none."""
        judging = (
            policy.judging(file.format) for policy in self._policies if file.run and file.format in policy.formats
        )
        return next((policy.id for policy in judging), "")

    def judge_results(self, position: int, file: InspectedFile) -> Iterator[list[Judged]]:
        """Judge the results of a file; yield batches of results with level and first day (see `Judged`).

        Raises `TooCostly`.
        """
        judges = self._by_file.get(position, [])
        for batch in file.spool.batches():
            if thread_time() > self._until:
                raise too_costly(file)
            if not judges:
                yield [(result, "", None) for result in batch]
                continue
            first, first_day = judges[0].add_result, self._first_days_of(position)
            if self._has_statements:
                yield [self._judged_and_noted(judges[0], first_day, result, file) for result in batch]
            else:
                yield [(result, level := first(result), first_day(result, level)) for result in batch]
            for other in judges[1:]:
                for result in batch:
                    other.add_result(result)

    def _judged_and_noted(self, judge: Judge, first_day: FirstDayOf, result: Result, file: InspectedFile) -> Judged:
        if thread_time() > self._until:  # comparing with many statements takes long
            raise too_costly(file)
        level = judge.add_result(result)
        return judge.noted(result), level, first_day(result, level)

    def _first_days_of(self, position: int) -> FirstDayOf:
        """A function that gives the first day of an open result of a test; None for others."""
        if position not in self._of_test:
            return lambda result, level: None  # noqa: ARG005 - of a register
        returning, context = self._of_test[position]
        return lambda result, level: context.first_day_of(result, returning) if is_open(result.outcome, level) else None

    def points_to_review(self) -> list[Text]:
        """What needs a review although nothing fails by it, each once. Raises `TooCostly`."""
        points = [
            point
            for policy, file, run, context in self._contexts
            for point in policy.points_to_review(run, _in_time(file), context)
        ]
        points += [doubt for _, _, run, _ in self._contexts for doubt in run.doubts]
        points += points_of_own_days(self._fit)
        return list({str(point): point for point in points}.values())

    def covered(self) -> list[CoveredCell]:
        """Verdicts of all cells, after the results of all files were judged. Raises `Unfitting`."""
        verdicts = {
            policy: {position: judge.verdicts() for position, judge in judges.items()}
            for policy, judges in self._judges.items()
        }
        requirements = {requirement.key: requirement for requirement in self._fit.requirements}
        cells = []
        for key, tested in self._fit.cells.items():
            requirement = requirements[key[0]]
            if requirement.kind == EvidenceKind.RECORD:
                cells.append(CoveredCell(*key, NONE))
                continue
            file_verdicts = verdicts.get(requirement.policy or "", {})
            cell = _cell(key, tested, self._fit.policy(requirement), list(file_verdicts.values()))
            days = self._days(cell, tested, file_verdicts) if requirement.kind == EvidenceKind.TEST else None
            cells.append(replace(cell, days=days))
        self._check_days_of_rows()
        return cells

    @property
    def warnings(self) -> list[Text]:
        """Warnings of the judges for the reviewer."""
        judges = (judge for judges in self._judges.values() for judge in judges.values())
        return [warning for judge in judges for warning in judge.warnings]

    def _days(self, cell: CoveredCell, tested: Tested, file_verdicts: Mapping[int, Mapping[str, Verdict]]) -> Span:
        """Days of the files that count for a cell, or of those among them that have a verdict."""
        naming = files_naming(self._inspection, tested)
        judging = [at for at in naming if _judges(cell.system, tested, file_verdicts.get(at, {}))]
        return around(self._fit.days.by_file[at] for at in judging or naming)

    def _check_days_of_rows(self) -> None:
        """Check that a register with dated rows represents only their days. Raises `Unfitting`."""
        for judges in self._judges.values():
            dated = [judge for judge in judges.values() if judge.moments]
            if spans := [judge.moments for judge in dated if judge.moments]:
                _check_within(self._fit.days, around(spans), can_be_quiet=dated[0].can_be_quiet)


def files_naming(inspection: Inspection, tested: Tested) -> list[int]:
    """Positions of the files that count for a cell: those that name one of its tested targets, or no target."""
    named = [file.run.targets if file.run else set() for file in inspection.files]
    return [at for at, names in enumerate(named) if not names or tested is None or names & tested]


def longest_span(inspection: Inspection, delivery_fit: DeliveryFit) -> Span | None:
    """The longest span of the files of a test's cell; None if all are at most a week."""
    tests = {requirement.key for requirement in delivery_fit.requirements if requirement.kind == EvidenceKind.TEST}
    spans = [
        _run_span(files_naming(inspection, tested), delivery_fit)
        for key, tested in delivery_fit.cells.items()
        if key[0] in tests
    ]
    return max((span for span in spans if span and is_long(span)), key=lambda span: span[1] - span[0], default=None)


def _run_span(positions: Sequence[int], delivery_fit: DeliveryFit) -> Span | None:
    run_days = [delivery_fit.days.run_days[at] for at in positions if at in delivery_fit.days.run_days]
    return around(run_days) if run_days else None


def judged_before(files: Sequence[InspectedFile]) -> float:
    """The processor time of this thread, in seconds, at which judging these files must stop."""
    return thread_time() + _seconds(files)


def too_costly(file: InspectedFile) -> TooCostly:
    """The error for a file whose judging takes too much time."""
    return TooCostly(
        text(
            "{name}: judging this takes more than {n} seconds of processor time, the limit for files of this "
            "size. Upload it in parts.",
            name=file.name,
            n=round(_seconds([file])),
        )
    )


def _in_time(file: InspectedFile) -> Iterator[Result]:
    """The results of a file, while judging them costs no more than it may. Raises `TooCostly`."""
    until = judged_before([file])
    for batch in file.spool.batches():
        for result in batch:
            if thread_time() > until:
                raise too_costly(file)
            yield result


def _seconds(files: Sequence[InspectedFile]) -> float:
    """Seconds that judging may take: a multiple of the reading budget."""
    return max(_LEAST_JUDGING, _JUDGING * budget_of(sum(file.staged.size for file in files)).seconds)


def policies_of(delivery_fit: DeliveryFit) -> list[Policy[Any]]:
    """Policies of the requirements of a delivery, each once. Raises `Unfitting`."""
    named = [
        _policy_of(delivery_fit, requirement)
        for requirement in delivery_fit.requirements
        if requirement.policy and requirement.kind != EvidenceKind.RECORD
    ]
    return list({policy.id: policy for policy in named}.values())


def judging_policies_of(delivery_fit: DeliveryFit) -> list[Policy[Any]]:
    """Policies that judge its files, with those that policies delegate to."""
    return [judging for policy in policies_of(delivery_fit) for judging in policy.judging_policies()]


def registers_compared_with(delivery_fit: DeliveryFit) -> set[str]:
    """Policies of the registers that a delivery is compared with."""
    return {other for policy in judging_policies_of(delivery_fit) for other in policy.compared_with()}


def executed(delivery: Delivery) -> int:
    """The number of test cases that ran in all files."""
    return sum(file.counts.get(outcome, 0) for file in delivery.inspection.files for outcome in RAN)


def cells_compared_with_earlier_runs(delivery_fit: DeliveryFit) -> list[CellKey]:
    """Cells whose policy compares the number of test cases with the previous run."""
    comparing = {
        requirement.key
        for requirement in delivery_fit.requirements
        if (policy := delivery_fit.policy(requirement))
        and any(judging.needs_earlier_run for judging in policy.judging_policies())
    }
    return [key for key in delivery_fit.cells if key[0] in comparing]


def _context_of_file(position: int, delivery_fit: DeliveryFit, context: JudgeContext) -> JudgeContext:
    """The context of a file, which is judged on its own days if it has any."""
    own = delivery_fit.days.by_file.get(position)
    return replace(context, first_day=own[0], as_of=own[1]) if own else context


def _judges(system: str, tested: Tested, file_verdicts: Mapping[str, Verdict]) -> bool:
    """Whether a file has a verdict for a cell."""
    return any(
        verdict.verdict != NONE for group in grouped_verdicts(system, tested, [file_verdicts]) for verdict in group
    )


def _check_within(days: RepresentedDays, rows: Span, *, can_be_quiet: bool) -> None:
    """Check that the days are within those of the rows. `can_be_quiet`: days after the last row are allowed."""
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


def _policy_of(delivery_fit: DeliveryFit, requirement: RequirementRow) -> Policy[Any]:
    """The policy that judges a requirement. Raises `Unfitting`."""
    policy = delivery_fit.policy(requirement)
    if policy is None:
        raise Unfitting(
            text(
                "The requirement is judged by {policy}, and there is no such policy. "
                "Ask a security officer to correct the requirement, or to add the policy.",
                policy=requirement.policy,
            )
        )
    return policy


def _cell(
    key: CellKey, tested: Tested, policy: Policy[Any] | None, verdicts: Sequence[Mapping[str, Verdict]]
) -> CoveredCell:
    if policy is None:
        return CoveredCell(
            *key, NONE, reason=text("No policy judges this requirement: nothing says whether it passes.")
        )
    per_target = grouped_verdicts(key[1], tested, verdicts)
    if not per_target:
        return CoveredCell(
            *key, NONE, reason=text("Nothing in the files could be judged by {policy}.", policy=policy.name)
        )
    verdict = combined(per_target)
    return CoveredCell(*key, verdict.verdict, _once(verdict.failing), verdict.reason, verdict.ends)


def _once(failing: Sequence[tuple[str, Text]]) -> list[tuple[str, Text]]:
    """Each failing check once, with its first reason."""
    first: dict[str, Text] = {}
    for check, reason in failing:
        first.setdefault(check, reason)
    return list(first.items())
