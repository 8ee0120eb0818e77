"""The policy kind for registers: tables whose rows must meet rules, and that must be complete."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from evidence.formats.tables.heading_comparison import Headings
from evidence.formats.values import Result, Run
from evidence.judging.policy import Policy, TemplateFormat
from evidence.judging.policy_file import in_both_languages
from evidence.judging.policy_in_words import PolicyInWords
from evidence.judging.register import description, reading, template
from evidence.judging.register.headers import headings_of
from evidence.judging.register.judge import RegisterJudge
from evidence.judging.register.proposed_mapping.proposal import propose
from evidence.judging.register.rules import Rules
from evidence.judging.table_mapping import NOTHING, Rows, Systems, TableMapping, TableProposal
from evidence.judging.values import JudgeContext, Row
from locales import Language, Text, text
from models.calendar import Calendar


class RegisterPolicy(Policy[Rules]):
    """The columns of a register, the rules for each row, and the conditions for completeness."""

    judges = "register"
    shape = Rules
    has_template = True
    about = text("A table with a row for each thing. Every row must hold to each rule.")

    def judge(self, run: Run, context: JudgeContext) -> RegisterJudge:
        return RegisterJudge(self.rules, run, context)

    def points_to_review(self, run: Run, results: Iterable[Result], context: JudgeContext) -> list[Text]:
        judge = self.judge(run, context)
        if not judge.may_point:
            return []
        for result in results:
            judge.add_result(result)
        judge.verdicts()
        return judge.to_review

    def compared_with(self) -> set[str]:
        return self.rules.compared_with()

    @property
    def needs_systems_in_scope(self) -> bool:
        return True

    @property
    def table(self) -> Rules:
        return self.rules

    def headings(self) -> Headings:
        return headings_of(self.rules)

    def rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[Row]:
        return reading.rows(self.rules, run, results, calendar, mapping)

    def days_of_rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[date]:
        return reading.days_of_rows(self.rules, run, results, calendar, mapping)

    def propose(
        self, run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping, systems: Systems, *, is_final: bool
    ) -> TableProposal | None:
        return propose(self.rules, run, rows, calendar, mapping, systems, is_final=is_final)

    def titles_of_columns(self) -> dict[str, Text]:
        return {column.key: in_both_languages(column.label) for column in self.rules.columns}

    def template(self, t: Language, form: TemplateFormat) -> bytes:
        return template.template(t, self.rules, form)

    def counted(self, t: Language) -> str:
        return description.counted(t, self.rules)

    @classmethod
    def describe(cls, t: Language, values: Mapping[str, Any]) -> Iterator[str]:
        return description.lines(t, Rules.model_validate(values))

    @classmethod
    def in_words(cls, t: Language, values: Mapping[str, Any], about: str) -> PolicyInWords:
        return description.in_words(t, Rules.model_validate(values), about, "\n".join(cls.example(values)))

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        return [";".join(str(column["key"]) for column in values["columns"])]


KIND = RegisterPolicy
