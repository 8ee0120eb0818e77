"""Writes a page for each policy, made from its YAML: `python -m evidence.policy_pages docs/policies`; a test compares.

A word of a policy's file that is unknown here is printed as it stands, so that no rule is left out.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from controls.yaml_source import read_source
from controls.yaml_tree import Tree
from evidence import register_page
from evidence.judges.register_rules import Rules
from evidence.judges.tls import LEVELS
from evidence.policy import FOLDER
from locales import LANGUAGES, Language, Text, text

_HEAD = ("id", "title", "about", "edition", "judges", "formats")
_KINDS: dict[str, Text] = {
    "tls": text("A scan of TLS, by the levels of a guideline. Insufficient fails; to be phased out fails too."),
    "exposure": text("A scan of ports, by what may be open in the zone of each target."),
    "junit": text("A run of test cases. A failed or broken case fails; a skipped one proves nothing."),
    "register": text("A table with a row for each thing. Every row must hold to each rule."),
}
_EXAMPLES: dict[str, str] = {
    "tls": "testssl.sh --jsonfile scan.json https://portal.example.nl",
    "exposure": "nmap -Pn -p- -oX scan.xml portal.example.nl",
}
_WORDS: dict[str, Text] = {
    "allowed": text("Ports that may be open"),
    "must_open": text("Ports that must answer"),
    "allowed_at": text("Ports that may be open on one target"),
    "zones": text("Other zones"),
    "must_scan": text("Ports that must have been scanned"),
    "covers": text("What passed cases must cover"),
    "covers_each": text("What passed cases must cover for every value of a property"),
    "cannot_see": text("What it cannot see"),
    "failing_outcomes": text("Outcomes that fail"),
    "suite_errors_fail": text("A suite that breaks fails"),
    "least_executed": text("Cases that must have run"),
    "fewer_allowed": text("Fewer cases than the last time are allowed"),
    "days_left": text("Days that a certificate must have left"),
    "not_read": text("Checks that this edition leaves out"),
    "readings": text("How the scanner's words are read"),
}
_LEVEL_WORDS: dict[str, Text] = {
    "good": text("good"),
    "sufficient": text("sufficient"),
    "phase-out": text("to be phased out"),
    "insufficient": text("insufficient"),
}


def pages(folder: Path = FOLDER) -> dict[str, str]:
    """The text of each page by its file name, an index in each language with them."""
    paths = sorted(folder.glob("*.yaml"))
    policies = [Tree(path.name, path.read_bytes()).values for path in paths]
    registers = {
        one["id"]: read_source(path, Rules).content
        for path, one in zip(paths, policies, strict=True)
        if one["judges"] == "register"
    }
    made: dict[str, str] = {}
    for key in LANGUAGES:
        t, end = Language(key), "" if key == "en" else f".{key}"
        made |= {f"{_file(one)}{end}.md": _page(t, one, registers.get(one["id"])) for one in policies}
        made[f"README{end}.md"] = _index(t, policies, end)
    return made


def _file(policy: dict[str, Any]) -> str:
    return str(policy["id"]).replace("@", "-")


def _index(t: Language, policies: list[dict[str, Any]], end: str) -> str:
    rows = [
        [f"[{_said(t, one['title'])}]({_file(one)}{end}.md)", _code(one["id"]), _cell(t, one["formats"])]
        for one in policies
    ]
    table = _table([t("Policy"), t("Named in a requirement as"), t("Formats")], rows)
    return (
        "\n".join([f"# {t('Policies')}", t("Made from the files in `evidence/policies` by `make pages`."), "", *table])
        + "\n"
    )


def _page(t: Language, policy: dict[str, Any], register: Rules | None) -> str:
    lines = [f"# {_said(t, policy['title'])}", _said(t, policy.get("about", "")) or _about(t, policy), ""]
    reads = {"id": _code(policy["id"]), "edition": policy["edition"], "formats": _cell(t, policy["formats"])}
    lines.append(t("Named in a requirement as {id}; edition {edition}; reads {formats}.", **reads))
    lines += ["", *register_page.lines(t, register)] if register else []
    for name, value in policy.items():
        if not register and name not in _HEAD and value not in ([], {}):
            lines += [
                "",
                f"## {t.render(_WORDS[name]) if name in _WORDS else _titled(t, name)}",
                *_part(t, name, value),
            ]
    lines += ["", f"## {t('Example')}", "```", *_example(policy), "```"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _about(t: Language, policy: dict[str, Any]) -> str:
    kind = _KINDS.get(policy["judges"])
    return t.render(kind) if kind else str(policy["judges"])


def _titled(t: Language, name: str) -> str:
    return t("Levels") if name == "groups" else name.replace("_", " ").capitalize()


def _part(t: Language, name: str, value: Any) -> Iterator[str]:
    if name == "groups":
        for group in value:
            yield from _group(t, group)
    elif isinstance(value, list) and all(isinstance(one, dict) and set(one) != set(LANGUAGES) for one in value):
        names = list(dict.fromkeys(key for one in value for key in one))
        yield from _table(
            [_code(one) for one in names], [[_cell(t, one.get(key, "")) for key in names] for one in value]
        )
    elif isinstance(value, list):
        yield from (f"- {_cell(t, one)}" for one in value)
    elif isinstance(value, dict) and set(value) != set(LANGUAGES):
        yield from (f"- {_code(key)}: {_cell(t, one)}" for key, one in value.items())
    else:
        yield _cell(t, value)


def _group(t: Language, group: dict[str, Any]) -> Iterator[str]:
    """The items of one kind, by level."""
    yield f"### {_code(group['kind'])} ({group['basis']})"
    rows = [[t.render(_LEVEL_WORDS[level]), _cell(t, group[level])] for level in LEVELS if level in group]
    if "other" in group:
        rows.append([t.render(_LEVEL_WORDS[group["other"]]), t("everything else")])
    yield from _table([t("Level"), t("Items")], rows)
    yield ""


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    return ["", *(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])]


def _cell(t: Language, value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return _said(t, value)
        return "; ".join(f"{_code(key)}: {_cell(t, one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_cell(t, one) for one in value)
    return {"true": t("yes"), "yes": t("yes"), "false": t("no"), "no": t("no")}.get(str(value), str(value)).replace(
        "|", "\\|"
    )


def _said(t: Language, both: Any) -> str:
    return _cell(t, both.get(t.code, "")) if isinstance(both, dict) else str(both)


def _code(word: Any) -> str:
    return f"`{word}`"


def _example(policy: dict[str, Any]) -> Iterator[str]:
    """The smallest thing that the policy reads: a command, a case, a header."""
    if policy["judges"] == "junit":
        yield from _cases(policy)
    elif "columns" in policy:
        yield ";".join(str(column["key"]) for column in policy["columns"])
    else:
        yield _EXAMPLES.get(policy["judges"], "-")


def _cases(policy: dict[str, Any]) -> Iterator[str]:
    each = [
        (f"{one['by']}={(one.get('values') or ['...'])[0]}", cover)
        for one in policy.get("covers_each", [])
        for cover in one["cover"]
    ]
    wanted = [[by, cover] for by, cover in each] + [[one] for one in policy.get("covers", [])]
    yield '<testsuite name="tests">'
    for number, properties in enumerate(wanted or [[]], start=1):
        pairs = (one.partition("=") for one in properties)
        said = "".join(f'<property name="{name}" value="{value}"/>' for name, _, value in pairs)
        yield (
            f'  <testcase name="{number}"><properties>{said}</properties></testcase>'
            if said
            else f'  <testcase name="{number}"/>'
        )
    yield "</testsuite>"


def main(folder: Path) -> None:
    """Write them all, and remove the pages of policies that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (folder / name).write_text(content)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/policies"))
