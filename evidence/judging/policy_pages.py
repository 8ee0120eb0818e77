"""Generates a page for each policy from its YAML file; a test compares them.

`python -m evidence.judging.policy_pages docs/policies` updates the pages. A field without title is printed under its
own name, so that no rule is left out.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from controls.files.yaml_tree import Tree
from evidence.formats import with_relatives
from evidence.judging import example_runs
from evidence.judging.page_parts import code, file_end, in_language, page_link, table, value
from evidence.judging.policies import FOLDER, kind_of, policies
from evidence.judging.policy import Policy, TemplateFormat
from evidence.judging.policy_in_words import PolicyInWords
from locales import LANGUAGES, Language

_HEAD = ("id", "title", "about", "edition", "judges", "formats")
Kind = type[Policy[Any]]
TEMPLATES = "templates"  # the folder of templates, beside the pages
TEMPLATE_FORMATS: tuple[TemplateFormat, ...] = get_args(TemplateFormat)


def pages(folder: Path = FOLDER) -> dict[str, str]:
    """Text of every page by file name, with an index in each language."""
    of_files = [(kind_of(tree), tree.values) for tree in map(_tree, sorted(folder.glob("*.yaml")))]
    made: dict[str, str] = {}
    for t in map(Language, LANGUAGES):
        made |= {page_link(t, values["id"]): _page(t, kind, values) for kind, values in of_files}
        made[f"README{file_end(t)}.md"] = _index(t, of_files)
    return made


def templates() -> dict[str, bytes]:
    """The templates of the registers by file name, in each language and format."""
    return {
        template_name(t, policy.id, form): policy.template(t, form)
        for policy in policies().values()
        if policy.has_template
        for t in map(Language, LANGUAGES)
        for form in TEMPLATE_FORMATS
    }


def template_name(t: Language, policy: str, form: TemplateFormat) -> str:
    """The file name of a register's template."""
    return f"{policy}.{t.code}.{form}"


def page(t: Language, policy: Policy[Any]) -> str:
    """The page of a policy, without its title."""
    return _page(t, type(policy), policy.values).partition("\n")[2]


def in_words(t: Language, policy: Policy[Any]) -> PolicyInWords:
    """The same page as values, for a page that lays them out."""
    values, kind = policy.values, type(policy)
    about = in_language(t, values.get("about", "")) or t.render(kind.about)
    if own := kind.in_words(t, values, about):
        return own
    rest = {name: content for name, content in values.items() if name not in kind.fields_in_rules}
    head, *parts = "\n".join(_fields(t, kind, rest)).strip().split("\n## ")
    if head.startswith("## "):
        head, parts = "", [head.removeprefix("## "), *parts]
    sections = [(title, body) for title, _, body in (part.partition("\n") for part in parts)]
    sentences = [line.removeprefix("- ") for line in head.splitlines() if line]
    return PolicyInWords(
        about,
        sentences,
        kind.rules_in_words(t, values),
        [],
        example_runs.in_words(t, kind.example_runs(values)),
        {},
        sections,
        "\n".join(kind.example(values)),
    )


def _tree(path: Path) -> Tree:
    return Tree(path.name, path.read_bytes())


def _index(t: Language, of_files: Iterable[tuple[Kind, Mapping[str, Any]]]) -> str:
    rows = [
        [
            f"[{in_language(t, values['title'])}]({page_link(t, values['id'])})",
            code(values["id"]),
            value(t, list(with_relatives(values["formats"]))),
            _template_links(t, values["id"]) if kind.has_template else "",
        ]
        for kind, values in of_files
    ]
    head = [f"# {t('Policies')}", t("Made from the files in `evidence/policies` by `make pages`."), ""]
    return (
        "\n".join([*head, *table([t("Policy"), t("Named in a requirement as"), t("Formats"), t("Template")], rows)])
        + "\n"
    )


def _template_links(t: Language, policy: str) -> str:
    return ", ".join(f"[{form}]({TEMPLATES}/{template_name(t, policy, form)})" for form in TEMPLATE_FORMATS)


def _page(t: Language, kind: Kind, values: Mapping[str, Any]) -> str:
    about = in_language(t, values.get("about", "")) or t.render(kind.about)
    formats = value(t, list(with_relatives(values["formats"])))
    head = {"id": code(values["id"]), "edition": values["edition"], "formats": formats}
    lines = [f"# {in_language(t, values['title'])}", about, ""]
    lines.append(t("Named in a requirement as {id}; edition {edition}; reads {formats}.", **head))
    described = kind.describe(t, values)
    lines += _fields(t, kind, values) if described is None else ["", *described]
    if runs := kind.example_runs(values):
        lines += example_runs.lines(t, runs)
    if example := kind.example(values):
        lines += ["", f"## {t('Example')}", "```", *example, "```"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fields(t: Language, kind: Kind, values: Mapping[str, Any]) -> Iterator[str]:
    """Lines for the fields below the head: first single values, then a section for each other field."""
    sections = kind.field_lines()
    fields = {name: content for name, content in values.items() if name not in _HEAD and content not in ([], {})}
    short = {name: content for name, content in fields.items() if isinstance(content, str) and name not in sections}
    if short:
        yield ""
        yield from (f"- {_title(t, kind, name)}: {value(t, content)}" for name, content in short.items())
    for name, content in sorted(fields.items(), key=lambda field: _writes_headings(kind, field[0])):
        if name not in short:
            lines = sections[name](t, content) if name in sections else _lines(t, kind, content)
            yield from lines if _writes_headings(kind, name) else ("", f"## {_title(t, kind, name)}", *lines)


def _writes_headings(kind: Kind, name: str) -> bool:
    """Whether a field writes its own headings; such fields come last."""
    return name in kind.field_lines() and name not in kind.field_titles


def _title(t: Language, kind: Kind, name: str) -> str:
    return t.render(kind.field_titles.get(name, name.replace("_", " ").capitalize()))


def _lines(t: Language, kind: Kind, content: Any) -> Iterator[str]:
    """Lines of a value: a table of groups, a list, a mapping, or a text."""
    if isinstance(content, list) and all(isinstance(each, dict) and set(each) != set(LANGUAGES) for each in content):
        names = list(dict.fromkeys(key for group in content for key in group))
        titles = kind.column_titles
        heads = [t.render(titles[name]) if name in titles else code(name) for name in names]
        yield from table(heads, [[value(t, group.get(name, "")) for name in names] for group in content])
    elif isinstance(content, list):
        yield from (f"- {value(t, each)}" for each in content)
    elif isinstance(content, dict) and set(content) != set(LANGUAGES):
        yield from (f"- {code(key)}: {value(t, each)}" for key, each in content.items())
    else:
        yield value(t, content)


def main(folder: Path) -> None:
    """Write all pages, with the templates of registers, and remove the pages of policies that no longer exist."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (folder / name).write_text(content)
    (folder / TEMPLATES).mkdir(exist_ok=True)
    for name, template in templates().items():
        (folder / TEMPLATES / name).write_bytes(template)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/policies"))
