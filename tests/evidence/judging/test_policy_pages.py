"""The pages of policies in docs/ agree with their files."""

import io

import pytest
from openpyxl import load_workbook

from evidence.judging.policies import FOLDER, policies
from evidence.judging.policy_pages import TEMPLATES, in_words, main, pages, templates
from evidence.judging.words import item_name
from locales import Language
from tests.process import ROOT

DOCS = ROOT / "docs" / "policies"


def test_pages_are_up_to_date():
    """`make pages` updates them."""
    assert {path.name: path.read_text() for path in DOCS.glob("*.md")} == pages()
    assert {path.name for path in (DOCS / TEMPLATES).iterdir()} == templates().keys()
    for name, template in templates().items():
        assert _content((DOCS / TEMPLATES / name).read_bytes(), name) == _content(template, name)


def _content(file: bytes, name: str) -> object:
    """What a template holds; the bytes of a workbook also depend on the library that wrote it."""
    if name.endswith(".csv"):
        return file
    return [[[cell.value for cell in row] for row in sheet] for sheet in load_workbook(io.BytesIO(file)).worksheets]


@pytest.mark.parametrize("end", [".md", ".nl.md"])
def test_every_policy_has_a_page_with_all_of_its_items(end):
    made, t = pages(), Language("nl" if end == ".nl.md" else "en")
    for policy in policies().values():
        page = made[policy.id.replace("@", "-") + end]
        assert f"# {policy.title_en if end == '.md' else policy.title_nl}" in page
        assert policy.id.replace("@", "-") + end in made["README" + end]
        for group in getattr(policy.rules, "groups", []):
            assert all(item_name(t, item) in page for _, items in group.levels() for item in items)


@pytest.mark.parametrize(("end", "any_check"), [(".md", "Any check that fails"), (".nl.md", "Elke controle die faalt")])
def test_pages_mention_exceptions_for_any_failing_check(end, any_check):
    """An exception can be granted for any failing check, whatever its level."""
    assert any_check in pages()[f"tls-ncsc-nl-2025-05{end}"]


def test_unknown_fields_are_printed_and_pages_of_removed_policies_deleted(tmp_path):
    (tmp_path / "new.yaml").write_text(
        (FOLDER / "junit.yaml").read_text()
        + 'about: {nl: Waarover, en: What about}\nnovel: [{says: {nl: Zo, en: So}, n: "1"}]\n'
    )
    made = pages(tmp_path)
    assert "What about" in made["junit.md"]
    assert "| So | 1 |" in made["junit.md"]
    assert "| Zo | 1 |" in made["junit.nl.md"]
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "gone.md").write_text("x")
    main(docs)
    assert not (docs / "gone.md").exists()
    assert (docs / "junit.md").is_file()


@pytest.mark.parametrize("code", ["en", "nl"])
def test_register_page_has_every_rule_in_words(code):
    made = pages()
    for policy in policies().values():
        if policy.judges != "register":
            continue
        page = made[f"{policy.id}{'' if code == 'en' else '.nl'}.md"]
        sentences = [getattr(rule.says, code) for rule in (*policy.rules.rules, *policy.rules.complete)]
        sentences = [words.replace("{deadline}", "…").replace("{expected}", "…") for words in sentences]
        assert [words for words in sentences if words.replace("|", "\\|") not in page] == []
        assert all(
            f"| `{column.key}` | {', '.join(dict.fromkeys([*column.nl, *column.en]))}" in page
            for column in policy.rules.columns
        )
        rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
        assert all(len(row) in (2, 3, 4) and row[-2].strip() for row in rows if row[0] != "| ---"), policy.id


@pytest.mark.parametrize("code", ["en", "nl"])
def test_a_policy_in_words_says_all_that_its_page_says(code):
    """Rules, columns, examples and the rest; names of columns stand between backticks on both."""
    t, made = Language(code), pages()
    for policy in policies().values():
        page = made[policy.id.replace("@", "-") + ("" if code == "en" else ".nl") + ".md"]
        words = in_words(t, policy)
        assert words.about in page
        for rule in words.rules:
            assert rule.otherwise.replace("|", "\\|") in page
            assert rule.otherwise == "" or rule.must.replace("|", "\\|") in page
        assert all(column.holds.replace("|", "\\|") in page for column in words.columns)
        assert all(example.why.replace("|", "\\|") in page for example in words.examples)
        assert all(f"## {title}" in page and body.strip() in page for title, body in words.sections)
        lines = {line.removeprefix("- ") for line in page.splitlines()}
        assert set(words.sentences) <= lines
        if policy.judges == "register":
            assert len(words.rules) == len(policy.rules.rules) + len(policy.rules.complete)
            assert len(words.columns) == len(policy.rules.columns)


def test_test_cases_say_what_each_must_show():
    words = in_words(Language("en"), policies()["https-by-default"])
    assert [rule.checked for rule in words.rules] == [
        f"a test case passed with `check={name}`" for name in ("port-80", "hsts", "cookies")
    ]
    assert words.rules[2].must == "Every Set-Cookie has Secure."
