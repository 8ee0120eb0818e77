"""The policies' files: read, checked, and refused with file and line."""

import re
import shutil

import pytest

from evidence.formats import formats
from evidence.policy import FOLDER, WrongPolicy, policies


def test_the_policies_that_requirements_name_are_there():
    found = policies()
    assert {
        "junit",
        "tls-ncsc-nl@2025-05",
        "tls-ncsc-nl@2.1",
        "password-policy-test",
        "access-control-tests",
        "origin-and-session-tests",
        "role-tests",
        "expected-exposure",
        "access-review",
        "processor-register",
    } <= set(found)
    for policy in found.values():
        assert set(policy.formats) <= set(formats())
        assert policy.title_nl != policy.title_en


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("junit.yaml", "least_executed: 1", "least_executed: many", r"line \d+: least_executed: expected a whole number"),
        ("junit.yaml", "judges: junit", "judges: nothing", r"line \d+: judges: nothing is unknown"),
        ("junit.yaml", "  nl: Testgevallen zonder fouten\n", "", "translation nl is missing"),
        ("expected-exposure.yaml", "ports: [tcp/22]", "ports: [ssh]", r"line \d+: .*'ssh' does not fit"),
        ("tls-ncsc-nl-2.1.yaml", "good: [TLS 1.3]", "good: [TLS 1.3, TLS 1.2]", r"line \d+: TLS 1.2 is given twice"),
        ("tls-ncsc-nl-2.1.yaml", "readings: testssl", "readings: other", r"line \d+: there are no readings"),
        ("access-review.yaml", "must: {filled: task_reason}", "must: {filled: reason}", r"line \d+: reason is no column"),
        ("access-review.yaml", "must: {filled: task_reason}", "must: {}", r"line \d+: expected exactly one thing"),
        ("access-review.yaml", "nl: [rol, recht]", "nl: [rol, besluit]", r"line \d+: besluit names two columns"),
        ("access-review.yaml", "type: bool", "type: number", r"line \d+: type: 'number' is unknown"),
        ("access-review.yaml", "if: {decision: keep}", "if: keep", r"line \d+: .*expected columns with words"),
        ("processor-register.yaml", "id: processor-register", "id: junit", "is there already"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_with_its_place(tmp_path, file, old, new, said):
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    content = (folder / file).read_text()
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1))
    with pytest.raises(WrongPolicy) as refusal:
        policies(folder)
    assert str(refusal.value).startswith(file)
    assert re.search(said, str(refusal.value))
