"""The limits and terms of a policy for findings, as its file states them."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from controls.files.yaml_source import Given, Source, Whole, one_of
from evidence.formats.findings import SECRET
from evidence.formats.severity_words import RATINGS, UNKNOWN
from evidence.judging.findings.benchmark import Expected
from evidence.judging.policy_file import PolicyFile
from locales import text
from models.durations import days_after

SECRETS = "secrets"


class Rules(PolicyFile):
    """How many findings of each severity there may be at most; what is not named may occur any number of times.

    `secrets`: keys and passwords, of any severity. `terms`: days after the first day of a finding, by severity; it
    counts for the limit once they have passed. `returns`: days for which a finding may stay away and keep its first
    day when it returns; without it, for ever. `under_investigation_days`: for how many days from its first such
    statement a vulnerability may be under investigation; None: such statements have no effect. `profiles`,
    `must_pass`: patterns of names, with `*`; `least_share`: in percent.
    """

    judges: Literal["findings"]
    most: dict[Annotated[str, one_of((*RATINGS, SECRETS))], Whole]
    terms: dict[Annotated[str, one_of(RATINGS)], Whole] = Field(default_factory=dict)
    returns: Whole | None = None
    under_investigation_days: Whole | None = None
    profiles: list[Given] = Field(default_factory=list)
    least_share: Whole = 0
    must_pass: list[Given] = Field(default_factory=list)

    def check(self, source: Source[Any]) -> None:
        """Check that the share is a percentage, and that a term has a limit. Raises `WrongFile`."""
        if self.least_share > 100:  # noqa: PLR2004 - percent
            raise source.wrong(text("expected a percentage, 0 to 100."), "least_share")
        for severity in self.terms:
            if severity not in self.most:
                raise source.wrong(
                    text("{severity} has a term and no limit in most.", severity=severity), "terms", severity
                )

    @property
    def expected(self) -> Expected:
        """What is required of a benchmark besides the limits."""
        return Expected(self.profiles, self.least_share, self.must_pass)

    def limit_of(self, kind: str, rating: str) -> str:
        """The limit that applies to a kind of finding with a rating; empty if none does."""
        if kind == SECRET and SECRETS in self.most:
            return SECRETS
        limit = rating or UNKNOWN
        return limit if limit in self.most else ""

    @property
    def returning(self) -> timedelta | None:
        """How long a finding may stay away and keep its first day; None: for ever."""
        return None if self.returns is None else timedelta(days=self.returns)

    def last_day(self, limit: str, first_day: date) -> date | None:
        """The last day of a finding's term; None if its limit has no term."""
        days = self.terms.get(limit)
        if days is None:
            return None
        return days_after(first_day, days)
