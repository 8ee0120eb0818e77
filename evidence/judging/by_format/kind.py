"""Policies by format: the format of a file determines the policy that judges it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from controls.files.yaml_source import Given, Source
from evidence.formats import taken_as
from evidence.formats.values import Run
from evidence.judging.page_parts import code, page_link
from evidence.judging.policies import policies
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.policy_file import PolicyFile, PolicyId
from evidence.judging.values import Judge, JudgeContext, PolicyProblem
from locales import Language, text


class Rules(PolicyFile):
    """The policy that judges each format."""

    judges: Literal["by-format"]
    by: dict[Given, PolicyId]

    def check(self, source: Source[Any]) -> None:
        """Check that each format has a policy, and no other. Raises `WrongFile`."""
        if set(self.formats) != set(self.by):
            raise source.wrong(text("expected a policy for each format, and for no other."), "by")


class ByFormatPolicy(Policy[Rules]):
    """Delegates to the policy of the file's format."""

    judges = "by-format"
    shape = Rules
    about = text("It can be shown in several ways. The format of the file says by which policy it is judged.")
    field_titles = {"by": text("Judged by")}  # noqa: RUF012 - see `Policy`

    def judge(self, run: Run, context: JudgeContext) -> Judge:
        return self.judging(run.format).judge(run, context)

    def judging(self, format_name: str) -> Policy[Any]:
        return policies()[self.rules.by[taken_as(format_name, self.rules.by)]]

    def check_others(self, policies: Mapping[str, Policy[Any]]) -> None:
        """Check that each named policy exists, judges itself, and reads that format. Raises `PolicyProblem`."""
        for format_name, key in self.rules.by.items():
            policy = policies.get(key)
            if policy is None or policy.judges == self.judges or format_name not in policy.formats:
                raise PolicyProblem(
                    text("{policy}: {other} does not judge {format}.", policy=self.id, other=key, format=format_name)
                )

    @classmethod
    def field_lines(cls) -> Mapping[str, FieldLines]:
        return {"by": _links}


def _links(t: Language, by: Mapping[str, str]) -> Iterator[str]:
    return (f"- {format_name}: [{code(key)}]({page_link(t, key)})" for format_name, key in by.items())


KIND = ByFormatPolicy
