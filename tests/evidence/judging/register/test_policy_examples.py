"""The examples in policy files have the outcome that they state, by the real reader and judge."""

import io

import pytest

from controls.errors import WrongFile
from controls.files.yaml_source import read_source
from evidence.formats import formats
from evidence.judging.policies import FOLDER, policies
from evidence.judging.register.rules import Rules
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import failing, judged
from tests.evidence.judging.register.test_policy_registers import table

REGISTERS = {key: policy for key, policy in policies().items() if policy.judges == "register"}
EXAMPLES = [
    pytest.param(key, example, id=f"{key}-{number}")
    for key, policy in REGISTERS.items()
    for number, example in enumerate(policy.rules.examples.table if policy.rules.examples else ())
]


def in_full(policy, cells):
    return {column.key: cells.get(column.key, "") for column in policies()[policy].rules.columns}


def others(examples):
    """The rows of other registers as their own policies read them."""
    accepted = {}
    for key, rows in examples.others.items():
        content = table(*(in_full(key, cells) for cells in rows))
        run, results = formats()["csv"].read(io.BytesIO(content.encode()))
        accepted[key] = list(policies()[key].rows(run, results, CALENDAR))
    return accepted


def population(rules, rows):
    if rules.population.sums:
        return sum(int(row[rules.population.sums]) for row in rows)
    return len(rows if rules.population.counts == "rows" else {row[rules.population.counts] for row in rows})


def judge(policy, example):
    rules = policies()[policy].rules
    examples = rules.examples
    rows = [in_full(policy, cells) for cells in example.each_row(examples.row)]
    context = {"as_of": examples.day, "in_scope": examples.in_scope, "others": others(examples)}
    return judged(policy, table(*rows), population=population(rules, rows), **context)


@pytest.mark.parametrize(("policy", "example"), EXAMPLES)
def test_example_ends_as_the_policy_says(policy, example):
    levels, verdicts, judged_by = judge(policy, example)
    rules = policies()[policy].rules
    says = {rule.name: rule.says.en for rule in (*rules.rules, *rules.complete)}
    fails = [check for verdict in verdicts.values() for check in failing(verdict)]
    if example.rows:
        points = {
            name for name in example.because if any(str(point).startswith(says[name]) for point in judged_by.to_review)
        }
        is_more = len(judged_by.to_review) - len(points)
        outcome = "fail" if fails else "review" if judged_by.to_review else "pass"
    else:
        fails = [check for check in fails if ": " in check]
        points = {key.rpartition(": ")[2] for part in judged_by._parts.values() for key in part.points}
        is_more = 0
        outcome = "fail" if levels[0][1] == "fail" else "review" if points else "pass"
    names = {check.rpartition(": ")[2] for check in fails} if outcome == "fail" else points
    assert (outcome, names, is_more) == (example.ends, set(example.because), 0)


@pytest.mark.parametrize("policy", REGISTERS)
def test_every_register_has_examples_that_pass_fail_and_are_at_the_border(policy):
    examples = REGISTERS[policy].rules.examples
    assert examples is not None
    assert {"pass", "fail"} <= {example.ends for example in examples.table}
    assert any(example.border for example in examples.table)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ends: fail", "ends: perhaps", "'perhaps' is unknown"),
        ("border: true", "border: false", "a borderline one"),
        ("for: [installed-late]", "for: [installed-soon]", "installed-soon is no column or rule"),
        ("differs: {installed_on", "differs: {put_in_on", "put_in_on is no column or rule"),
        ("  row: {system", "  row: {place: a, system", "place is no column"),
    ],
)
def test_wrong_examples_are_refused_with_their_line(tmp_path, old, new, message):
    content = (FOLDER / "patch-register.yaml").read_text()
    assert old in content
    path = tmp_path / "patch-register.yaml"
    path.write_text(content.replace(old, new))
    with pytest.raises(WrongFile, match=rf"line \d+: .*{message}"):
        REGISTERS["patch-register"].of_file(read_source(path, Rules))
