"""Generates a page for each format from its module; a test compares them.

`python -m evidence.judging.format_pages docs/formats` updates the pages.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from evidence.formats import formats, taken_as
from evidence.formats.values import Format
from evidence.judging.page_parts import code, file_end, page_link, table
from evidence.judging.policies import policies
from locales import LANGUAGES, Language


def pages() -> dict[str, str]:
    """Text of every page by file name, with an index in each language."""
    made: dict[str, str] = {}
    for t in map(Language, LANGUAGES):
        made |= {page_link(t, name): _page(t, module) for name, module in sorted(formats().items())}
        made[f"README{file_end(t)}.md"] = _index(t)
    return made


def _index(t: Language) -> str:
    rows = [
        [f"[{module.TITLE}]({page_link(t, name)})", code(name), code(*_policies(name))]
        for name, module in sorted(formats().items())
    ]
    head = [f"# {t('Formats')}", t("Made from the modules in `evidence/formats` by `make pages`."), ""]
    return "\n".join([*head, *table([t("Format"), t("Named in a requirement as"), t("Policies")], rows)]) + "\n"


def _page(t: Language, module: Format) -> str:
    return "\n".join(_lines(t, module)) + "\n"


def _lines(t: Language, module: Format) -> Iterator[str]:
    other = taken_as(module.NAME)
    yield from (
        f"# {module.TITLE}",
        t("Named in a requirement as {id}.", id=code(module.NAME)),
        *([t("Taken as well where a requirement names {id}.", id=code(other))] if other != module.NAME else []),
        "",
        t.render(module.ABOUT),
        "",
        f"{t('How a file is recognised')}: {t.render(module.RECOGNISED_BY)}",
    )
    if module.COMMANDS:
        yield from ("", f"## {t('How to run the tool, so that its file shows most')}", "```", *module.COMMANDS, "```")
    yield from ("", f"## {t('Policies that judge it')}")
    for policy in _policies(module.NAME):
        title = t.render(policies()[policy].title)
        yield f"- [{title}](../policies/{page_link(t, policy)})"


def _policies(format_name: str) -> list[str]:
    """Ids of the policies that judge a format, sorted."""
    return sorted(key for key, policy in policies().items() if format_name in policy.formats)


def main(folder: Path) -> None:
    """Write all pages, and remove those of formats that no longer exist."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (folder / name).write_text(content)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/formats"))
