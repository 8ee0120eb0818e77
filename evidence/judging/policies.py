"""The policies: YAML files that say which results fail a run. Read and checked at the first use, wrong ones refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from controls.errors import WrongFile
from controls.files.yaml_source import Both, Shape, read_source
from controls.files.yaml_tree import Tree
from evidence.formats.headings import Headings
from evidence.formats.values import Run
from evidence.judging import by_format
from evidence.judging.ports import exposure, segmentation
from evidence.judging.register import register_policy
from evidence.judging.register.headers import headings_of
from evidence.judging.shapes import said
from evidence.judging.test_cases import test_case_policy
from evidence.judging.tls import lines, tls_policy
from evidence.judging.values import Explained, Judge, JudgeContext, Line, PolicyProblem
from locales import Text, text

FOLDER = Path(__file__).parents[1] / "policies"

#: the word after `judges:` in a policy's file, the shape of that file, and what judges by it
_KINDS: dict[str, tuple[type[Shape], Callable[..., Judge]]] = {
    "tls": (tls_policy.Rules, tls_policy.TlsJudge),
    "exposure": (exposure.Rules, exposure.ExposureJudge),
    "junit": (test_case_policy.Rules, test_case_policy.JunitJudge),
    "segmentation": (segmentation.Rules, segmentation.SegmentationJudge),
    "register": (register_policy.Rules, register_policy.RegisterJudge),
}
#: the organisation's own folder, if it has one
_OWN: list[Path] = []
#: the word of a policy that leaves it to others, by the format of the file
_BY_FORMAT = "by-format"
#: what tells of one kept result why it has its level; kinds that are not here say nothing of single results
_LINES: dict[str, Callable[[Any], Any]] = {
    "tls": lines.TlsLines,
    "exposure": exposure.ExposureLines,
    "junit": test_case_policy.JunitLines,
}


class WrongPolicy(PolicyProblem):
    """A policy's file that can't be used as it stands: file, line, and what was expected."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in one edition. `id` is what requirements name: `tls-ncsc-nl@2025-05`, `access-review`."""

    id: str
    edition: str
    title_nl: str
    title_en: str
    formats: tuple[str, ...]
    judges: str
    sha256: str
    path: Path
    rules: Any
    lines: Any = None

    def explain(self, line: Line, day: date) -> list[Explained]:
        """What is said of one result, as judged on that day; nothing if results are not explained one by one."""
        found: list[Explained] = self.lines.explain(line, day) if self.lines else []
        return found

    @property
    def title(self) -> Text:
        """What it is called, to each reader in their language."""
        return said(Both(nl=self.title_nl, en=self.title_en))

    def of(self, format_name: str) -> "Policy":
        """The policy that judges a file of this format: this one, or the one that it leaves it to."""
        return policies()[self.rules.by[format_name]] if self.judges == _BY_FORMAT else self

    def every(self) -> list["Policy"]:
        """The policies that judge, whatever the format."""
        return list({one.id: one for one in map(self.of, self.formats)}.values())

    def judge(self, run: Run, context: JudgeContext) -> Judge:
        """A judge for this run. Raises `DoesNotFit`."""
        if self.judges == _BY_FORMAT:
            return self.of(run.format).judge(run, context)
        return _KINDS[self.judges][1](self.rules, run, context)


def use(folder: Path | None) -> None:
    """From now on the policies of this folder count beside those that come along, and in the place of the same id.

    Read at once: raises `WrongPolicy`.
    """
    _OWN[:] = [folder] if folder else []
    policies.cache_clear()
    register_headings.cache_clear()
    policies()


@cache
def register_headings() -> dict[str, Headings]:
    """What the columns of each register may be called, by policy."""
    rules = {key: one.rules for key, one in policies().items()}
    return {key: headings_of(one) for key, one in rules.items() if isinstance(one, register_policy.Rules)}


@cache
def policies(folder: Path | None = None) -> dict[str, Policy]:
    """Every policy by its id; of one folder alone, if it is named. Raises `WrongPolicy`."""
    found: dict[str, Policy] = {}
    for one in [folder] if folder else [FOLDER, *_OWN]:
        found |= _in_folder(one)
    for policy in found.values():
        _leaves_to(policy, found)
    return found


def _in_folder(folder: Path) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.yaml")):
        policy = _read(path)
        if policy.id in found:
            raise WrongPolicy(
                text("{file}: the policy {id} is there already; ids are given once.", file=path.name, id=policy.id)
            )
        found[policy.id] = policy
    return found


def _leaves_to(policy: Policy, known: dict[str, Policy]) -> None:
    """What a policy by format leaves to others can be judged by them."""
    for format_name, other in policy.rules.by.items() if policy.judges == _BY_FORMAT else ():
        named = known.get(other)
        if named is None or named.judges == _BY_FORMAT or format_name not in named.formats:
            raise WrongPolicy(
                text("{policy}: {other} does not judge {format}.", policy=policy.id, other=other, format=format_name)
            )


def _read(path: Path) -> Policy:
    try:
        return _policy(path)
    except WrongFile as problem:
        raise WrongPolicy(problem.message) from problem


def _policy(path: Path) -> Policy:
    tree = Tree(path.name, path.read_bytes())
    kind = tree.values.get("judges") if isinstance(tree.values, dict) else None
    shapes: dict[str, type[Shape]] = {name: shape for name, (shape, _) in _KINDS.items()}
    shapes[_BY_FORMAT] = by_format.Rules
    if kind not in shapes:
        raise tree.wrong(
            text("judges: {word} is unknown; expected one of {known}.", word=str(kind), known=", ".join(shapes)),
            ("judges",),
        )
    source = read_source(path, shapes[kind])
    rules: Any = source.content
    rules.check(source)
    title: Both = rules.title
    lines = _LINES[kind](rules) if kind in _LINES else None
    formats = tuple(rules.formats)
    return Policy(rules.id, rules.edition, title.nl, title.en, formats, kind, source.sha256, path, rules, lines)
