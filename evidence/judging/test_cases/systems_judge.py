"""Judges test cases of which a table names the systems: those of each system by themselves."""

from evidence.formats.values import ERROR, FAIL, Result, Run
from evidence.judging.register.written_values import list_parts
from evidence.judging.test_cases.judge import CasesJudge, Rules
from evidence.judging.test_cases.result_table import SYSTEM
from evidence.judging.values import FAIL as FAILS
from evidence.judging.values import PASS as PASSES
from evidence.judging.values import Judge, JudgeContext, Verdict
from locales import text

_MOST_NAMED = 20  # systems in a warning


class SystemsJudge(Judge):
    """Judges a table of test results. A case whose system is not filled in fails for every system, and passes for none.

    Cases of systems that the evidence is not for do not count; without declared systems all count together.
    """

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._judges = {key.casefold(): CasesJudge(rules, run, context) for key in context.systems or [""]}
        self._names = {key.casefold(): key for key in context.systems}
        self._others: dict[str, None] = {}
        self._nameless = 0

    def add_result(self, result: Result, /) -> str:
        levels = [judge.add_result(result) for judge in self._judges_of(result)]
        return next((level for level in (FAILS, PASSES) if level in levels), "")

    def _judges_of(self, result: Result) -> list[CasesJudge]:
        """The judges for which a result counts."""
        named = next((value for name, value in result.properties if name == SYSTEM), None)
        if named is None or not self._names:
            return list(self._judges.values())
        systems = [part.casefold() for part in list_parts(named)]
        if not systems:
            self._nameless += 1
            return list(self._judges.values()) if result.outcome in (FAIL, ERROR) else []
        for system in systems:
            if system not in self._judges and len(self._others) <= _MOST_NAMED:
                self._others[system] = None
        return [self._judges[system] for system in systems if system in self._judges]

    def verdicts(self) -> dict[str, Verdict]:
        """Verdicts by system; under an empty name for one system, or for the organisation."""
        verdicts = {key: judge.verdicts()[""] for key, judge in self._judges.items()}
        for judge in self._judges.values():
            self.warnings += [warning for warning in judge.warnings if warning not in self.warnings]
            self.to_review += [point for point in judge.to_review if point not in self.to_review]
        self._tell()
        if len(verdicts) == 1:
            return {"": next(iter(verdicts.values()))}
        return {self._names[key]: verdict for key, verdict in verdicts.items()}

    def _tell(self) -> None:
        if self._others:
            names = ", ".join(list(self._others)[:_MOST_NAMED]) + (" ..." if len(self._others) > _MOST_NAMED else "")
            self.warnings.append(
                text("The table also has results of {systems}, which do not count here.", systems=names)
            )
        if self._nameless:
            self.warnings.append(text("Results without a system: {n}. Those that pass do not count.", n=self._nameless))
