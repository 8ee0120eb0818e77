"""Policy files: read, validated, and refused with file and line."""

import re
import shutil

import pytest

from controls.files import explanation_file
from controls.files.yaml_source import read_source
from controls.statement import publishing
from evidence.formats import formats
from evidence.judging import policy_pages
from evidence.judging.policies import FOLDER, WrongPolicy, policies, use
from locales import Language
from tests.process import ROOT


def test_policies_of_requirements_exist():
    known = policies()
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
    } <= set(known)
    for policy in known.values():
        assert set(policy.formats) <= set(formats())
        assert policy.title_nl != policy.title_en


def test_formats_of_requirements_can_be_judged():
    """A requirement's policy exists and judges every supported format that it accepts."""
    controls = ROOT / "controls"
    requirements = [
        entry
        for path in controls.glob("explanations/*/*.yaml")
        for _, _, entry in read_source(path, explanation_file.ExplanationsFile).content.requirements()
    ]
    for path in [*controls.glob("statements/*.yaml"), *controls.glob("statements/examples/*.yaml")]:
        requirements += [entry for _, _, entry in publishing.read(path).requirements()]
    named = [requirement for requirement in requirements if requirement.policy]
    assert len(named) > 40
    for requirement in named:
        readable = set(requirement.formats) & set(formats())
        assert readable, requirement.key
        assert readable <= set(policies()[requirement.policy].formats), requirement.key
    for requirement in requirements:
        if requirement.kind != "record":
            assert requirement.policy, requirement.key
            assert set(requirement.formats) <= set(formats()), f"{requirement.key} asks a format that nothing reads"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("junit.yaml", "least_executed: 1", "least_executed: many", r"line \d+: least_executed: expected a whole number"),
        ("junit.yaml", "judges: junit", "judges: nothing", r"line \d+: judges: nothing is unknown"),
        ("junit.yaml", "  nl: Testgevallen zonder fouten\n", "", "translation nl is missing"),
        ("expected-exposure.yaml", "ports: [tcp/22]", "ports: [ssh]", r"line \d+: .*'ssh' does not fit"),
        ("tls-ncsc-nl-2.1.yaml", "good: [TLS 1.3]", "good: [TLS 1.3, TLS 1.2]", r"line \d+: TLS 1.2 is given twice"),
        ("tls-ncsc-nl-2.1.yaml", "readings: [testssl,", "readings: [other,", r"line \d+: expected the readings of each"),
        ("tls-ncsc-nl-2.1.yaml", "[testssl, sslyze, sslscan]\nreadings: [testssl, sslyze, sslscan]",
         "[nmap]\nreadings: nmap", r"line \d+: there are no readings of this name: nmap"),
        ("ssh-settings.yaml", "  mac:\n", "  none-such:\n", r"line \d+: .*none-such"),
        ("ssh-settings.yaml", "  rsa-sha2-256: 3072", "  ssh-rsa: 3072", r"line \d+: ssh-rsa is not accepted at all"),
        ("access-review.yaml", "must: {filled: task_reason}", "must: {filled: reason}", r"line \d+: reason is no column"),
        ("access-review.yaml", "must: {filled: task_reason}", "must: {}", r"line \d+: expected exactly one thing"),
        ("access-review.yaml", "nl: [rol, recht]", "nl: [rol, besluit]", r"line \d+: besluit names two columns"),
        ("access-review.yaml", "type: bool", "type: number", r"line \d+: type: 'number' is unknown"),
        ("access-review.yaml", "if: {decision: keep}", "if: keep", r"line \d+: .*expected columns with words"),
        ("processor-register.yaml", "id: processor-register", "id: junit", "is there already"),
    ],
)  # fmt: skip
def test_invalid_policy_is_refused_with_file_and_line(tmp_path, file, old, new, message):
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    content = (folder / file).read_text()
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1))
    with pytest.raises(WrongPolicy) as refusal:
        policies(folder)
    assert str(refusal.value).startswith(file)
    assert re.search(message, str(refusal.value))


# ── The organisation's own ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own(tmp_path):
    """The organisation's own policy folder, in use while the test runs."""
    folder = tmp_path / "own"
    folder.mkdir()
    yield folder
    use(None)


def test_own_policy_of_tls_for_a_single_scanner_names_its_readings_without_a_list(own):
    shipped = (FOLDER / "tls-ncsc-nl-2.1.yaml").read_text()
    both = "formats: [testssl, sslyze, sslscan]\nreadings: [testssl, sslyze, sslscan]"
    assert both in shipped
    (own / "tls.yaml").write_text(shipped.replace(both, "formats: [testssl]\nreadings: testssl"))
    use(own)
    assert policies()["tls-ncsc-nl@2.1"].rules.readings == ["testssl"]
    assert "cert_keySize" in policy_pages.page(Language("en"), policies()["tls-ncsc-nl@2.1"])


def test_own_policy_replaces_the_built_in_one(own):
    shipped = (FOLDER / "expected-exposure.yaml").read_text()
    (own / "ports.yaml").write_text(shipped.replace("allowed: [tcp/80, tcp/443]", "allowed: [tcp/443, tcp/8443]", 1))
    (own / "more.yaml").write_text((FOLDER / "role-tests.yaml").read_text().replace("id: role-tests", "id: our-tests"))
    use(own)
    assert policies()["expected-exposure"].rules.allowed == ["tcp/443", "tcp/8443"]
    assert policies()["our-tests"].judges == "junit"
    assert "tcp/8443" in policy_pages.page(Language("en"), policies()["expected-exposure"])
    assert policies()["segmentation"].judging("junit").id == "segmentation-tests"
    use(None)
    assert policies()["expected-exposure"].rules.allowed == ["tcp/80", "tcp/443"]
    assert "our-tests" not in policies()


def test_policy_by_format_can_delegate_to_an_own_policy(own):
    pairs = (FOLDER / "segmentation-tests.yaml").read_text()
    (own / "pairs.yaml").write_text(pairs.replace("internet-to-web, ", "office-to-web, "))
    use(own)
    assert "office-to-web" in policies()["segmentation"].judging("junit").rules.covers_each[0].values


def test_invalid_own_policy_is_refused_at_once_with_its_line(own):
    (own / "wrong.yaml").write_text("id: x\njudges: dice\n")
    with pytest.raises(WrongPolicy, match=r"wrong\.yaml, line 2: .*dice is unknown"):
        use(own)
