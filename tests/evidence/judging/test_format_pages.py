"""The pages of formats in docs/ agree with their modules."""

from evidence.formats import formats
from evidence.judging.format_pages import main, pages
from tests.process import ROOT

DOCS = ROOT / "docs" / "formats"


def test_pages_are_up_to_date():
    """`make pages` updates them."""
    assert {path.name: path.read_text() for path in DOCS.glob("*.md")} == pages()


def test_every_format_has_a_page_in_both_languages_with_its_policies():
    made = pages()
    for name, module in formats().items():
        for end in (".md", ".nl.md"):
            assert f"# {module.TITLE}" in made[name + end]
            assert all(command in made[name + end] for command in module.COMMANDS)
        assert str(module.ABOUT) in made[f"{name}.md"]
        assert str(module.RECOGNISED_BY) in made[f"{name}.md"]
        assert str(module.ABOUT) not in made[f"{name}.nl.md"]
        assert str(module.RECOGNISED_BY) not in made[f"{name}.nl.md"]
    assert "../policies/vulnerability-scan.nl.md" in made["sarif.nl.md"]


def test_pages_of_formats_that_no_longer_exist_are_removed(tmp_path):
    (tmp_path / "gone.md").write_text("x")
    main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
