"""Kinds of policies are discovered: a folder with a module that declares `KIND`."""

import io
import subprocess
from datetime import date

import pytest

from evidence import judging
from evidence.formats import formats
from evidence.judging import policy_pages
from evidence.judging.kinds import kinds
from evidence.judging.policies import policies, use
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR
from tests.process import ROOT

DICE = '''
"""Cases that pass when their name holds a six."""

from typing import Literal

from evidence.judging.policy import Policy
from evidence.judging.policy_file import PolicyFile
from evidence.judging.values import Judge, Verdict
from locales import text


class Rules(PolicyFile):
    judges: Literal["dice"]
    lucky: str


class DiceJudge(Judge):
    def __init__(self, rules):
        super().__init__()
        self._rules, self._levels = rules, []

    def add_result(self, result, /):
        self._levels.append("pass" if self._rules.lucky in result.check else "fail")
        return self._levels[-1]

    def verdicts(self):
        return {"": Verdict("fail" if "fail" in self._levels else "pass", text("All {n} dice.", n=len(self._levels)))}


class DicePolicy(Policy[Rules]):
    judges = "dice"
    shape = Rules
    about = text("Dice.")
    field_titles = {"lucky": text("The number that passes")}

    def judge(self, run, context):
        return DiceJudge(self.rules)


KIND = DicePolicy
'''
POLICY = """id: our-dice
title: {nl: Dobbelstenen, en: Dice}
edition: "1"
judges: dice
formats: [junit]
lucky: six
"""


@pytest.fixture
def dice(tmp_path, monkeypatch):
    """A policy whose kind is in a folder elsewhere."""
    kind, own = tmp_path / "kinds" / "scratch_dice", tmp_path / "own"
    kind.mkdir(parents=True)
    own.mkdir()
    (kind / "__init__.py").write_text("")
    (kind / "kind.py").write_text(DICE)
    (own / "dice.yaml").write_text(POLICY)
    monkeypatch.setattr(judging, "__path__", [*judging.__path__, str(tmp_path / "kinds")])
    kinds.cache_clear()
    use(own)
    yield policies()["our-dice"]
    monkeypatch.undo()
    kinds.cache_clear()
    use(None)


def test_every_kind_has_a_policy():
    assert list(kinds()) == sorted({policy.judges for policy in policies().values()})


def test_new_kind_needs_no_change_of_other_modules(dice):
    content = b'<testsuite name="s"><testcase name="six"/><testcase name="five"/></testsuite>'
    run, results = formats()["junit"].read(io.BytesIO(content))
    judge = dice.judge(run, JudgeContext(date(2026, 11, 22), CALENDAR))
    assert [judge.add_result(result) for result in results] == ["pass", "fail"]
    assert judge.verdicts()[""].verdict == "fail"
    page = policy_pages.pages(dice.path.parent)["our-dice.md"]
    assert page.startswith("# Dice\nDice.\n")
    assert "- The number that passes: six" in page


def test_no_other_module_checks_the_kind_of_a_policy():
    """Nothing outside its folder names a kind, its rules or its judge."""
    modules = (ROOT / "evidence" / "judging").glob("*/*.py")
    folders = sorted({path.parent.name for path in modules if "\nKIND = " in path.read_text(encoding="utf-8")})
    pattern = rf"evidence\.judging\.({'|'.join(folders)})\b|\.judges =="
    search = subprocess.run(
        ["git", "grep", "-nE", pattern, "--", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    own = ("tests/", *(f"evidence/judging/{folder}/" for folder in folders))
    assert folders
    assert [line for line in search if not line.startswith(own)] == []
