"""Examples of files that are no registers, in short: what they say, the verdict, and why. They are tested."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.judging.page_parts import code, table
from evidence.judging.policy_in_words import ExampleInWords
from evidence.judging.values import FAIL, NONE, PASS
from locales import Language, Text, text

_VERDICTS: dict[str, Text] = {PASS: text("passes"), FAIL: text("fails"), NONE: text("no verdict")}


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """A file in short. `results`: a line each, what was looked at and how it ended; `verdict`: pass, fail or none."""

    results: tuple[tuple[str, str], ...]
    verdict: str
    why: Text
    border: bool = False


def lines(t: Language, runs: Sequence[ExampleRun]) -> Iterator[str]:
    """The examples on a policy's page."""
    yield from ("", f"## {t('Examples')}")
    yield from table(
        [t("What the file says"), t("Outcome"), t("Why")],
        [[_results(run), _outcome(t, run), t.render(run.why)] for run in runs],
    )


def in_words(t: Language, runs: Sequence[ExampleRun]) -> list[ExampleInWords]:
    """The same examples as values."""
    return [ExampleInWords(_results(run), run.verdict, run.border, t.render(run.why)) for run in runs]


def _results(run: ExampleRun) -> str:
    return "; ".join(f"{code(looked_at)}: {outcome}" for looked_at, outcome in run.results)


def _outcome(t: Language, run: ExampleRun) -> str:
    ends = t.render(_VERDICTS[run.verdict])
    return t("{ends} (borderline)", ends=ends) if run.border else ends
