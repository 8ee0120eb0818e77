"""The verdict of evidence for a cell, from the verdicts of its files on what each of them tested."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from evidence.intake.delivery.target_matching import Tested
from evidence.judging.values import FAIL, NONE, PASS, Verdict


def combined(groups: Sequence[Sequence[Verdict]]) -> Verdict:
    """One verdict of the groups that `grouped_verdicts` gives: the worst of them, of each the best."""
    return _worst([_best(group) for group in groups])


def grouped_verdicts(system: str, tested: Tested, verdicts: Sequence[Mapping[str, Verdict]]) -> list[list[Verdict]]:
    """Verdicts for a cell in groups: by tested target over all files, and for each file without target."""
    names = set(tested) if tested is not None else {name for by_target in verdicts for name in by_target}
    if system and tested is None and any(system in by_target for by_target in verdicts):
        names = {system}  # a register with systems has a verdict for each
    spoken = [[by_target[name] for by_target in verdicts if name in by_target] for name in sorted(names - {""})]
    whole = [
        [by_target[""]] for by_target in verdicts if "" in by_target
    ]  # a part of a run: no other file counts for it
    return [each for each in [*spoken, *whole] if each]


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several files on a target: fail, else pass, else none."""
    fails = [verdict for verdict in verdicts if verdict.verdict == FAIL]
    passes = [verdict for verdict in verdicts if verdict.verdict == PASS]
    return _merged(fails or passes or verdicts, _first_end(verdicts))


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several targets on a cell: fail, else none if any is none, else pass."""
    for wanted in (FAIL, NONE):
        if matching := [verdict for verdict in verdicts if verdict.verdict == wanted]:
            return _merged(matching, _first_end(verdicts))
    return _merged(verdicts, _first_end(verdicts))


def _first_end(verdicts: Sequence[Verdict]) -> date | None:
    """The first day on which any of them ends: a fail with an exception in force rests on the passes too."""
    return min((verdict.ends for verdict in verdicts if verdict.ends is not None), default=None)


def _merged(verdicts: Sequence[Verdict], ends: date | None) -> Verdict:
    """One verdict, with the reason of the one that ends first."""
    first = next((verdict for verdict in verdicts if ends is not None and verdict.ends == ends), verdicts[0])
    if len(verdicts) == 1:
        return replace(first, ends=ends)
    return Verdict(first.verdict, first.reason, [check for verdict in verdicts for check in verdict.failing], ends)
