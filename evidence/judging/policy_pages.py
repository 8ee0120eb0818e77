"""Writes a page for each policy, made from its YAML; a test compares.

`python -m evidence.judging.policy_pages docs/policies` brings the pages up to date.

A word of a policy's file that is unknown here is printed as it stands, so that no rule is left out.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from controls.files.yaml_source import read_source
from controls.files.yaml_tree import Tree
from evidence.judging.policies import FOLDER
from evidence.judging.register import description
from evidence.judging.register.rules import Rules
from evidence.judging.tls.readings import FOLDER as READINGS
from evidence.judging.tls.tls_policy import LEVELS
from evidence.judging.words import BASES, ITEM_KINDS, item_name
from evidence.judging.words import LEVELS as LEVEL_WORDS
from locales import LANGUAGES, Language, Text, text

_HEAD = ("id", "title", "about", "edition", "judges", "formats", "readings")
_KINDS: dict[str, Text] = {
    "tls": text(
        "A scan of TLS, by the levels of a guideline. Anything insufficient fails, and so does what is to be phased "
        "out. Any check that fails can be accepted by an exception with a reason and an end. A scan that did not look "
        "at all that must be looked at proves nothing."
    ),
    "exposure": text(
        "A scan of ports from outside, by what may be open in the zone of each target. Any other open port fails. A "
        "port of which the scan can't tell (open|filtered) fails where servers are managed by it, and proves nothing "
        "elsewhere; one of UDP is shown. Only scans that tell open from closed count (-sS, -sT, -sU). A scan proves "
        "something of a target only if something came back from each of its addresses, and none timed out."
    ),
    "segmentation": text(
        "Scans of ports from inside each zone, handed in together; of each it is said from which zone it was made. "
        "Every pair must have been tested, and what no pair allows may not be open. A TCP port of which the scan "
        "can't tell (open|filtered) proves nothing. Each host must have been scanned to the end from each zone and "
        "have answered one of the scans, and from each zone something must have answered."
    ),
    "junit": text(
        "A run of test cases. A failed or broken case fails; a skipped one proves nothing. A case passes only if "
        "nothing in it says otherwise: a status that is no known word of passing leaves the run incomplete, and so do "
        "failures, errors or cases that a suite declares and its cases don't show, or fewer cases than there are. An "
        "incomplete run never passes."
    ),
    "register": text("A table with a row for each thing. Every row must hold to each rule."),
    "by-format": text("It can be shown in several ways. The format of the file says by which policy it is judged."),
}
_EXAMPLES: dict[str, str] = {
    "tls": "testssl.sh --jsonfile-pretty scan.json https://portal.example.nl",
    "exposure": "nmap -p- -oX scan.xml portal.example.nl",
    "segmentation": "nmap -Pn -p- -oX from-web.xml db1.example.nl",
}
_WORDS: dict[str, Text] = {
    "allowed": text("Ports that may be open"),
    "must_open": text("Ports that must answer"),
    "allowed_at": text("Ports that may be open on one target"),
    "zones": text("Zones"),
    "pairs": text("Pairs of zones that must have been tested"),
    "must_scan": text("Ports by which servers are managed; all must have been scanned"),
    "covers": text("What passed cases must cover"),
    "covers_each": text("What passed cases must cover for every value of a property"),
    "means": text("What a case shows that is named so"),
    "cannot_see": text("What it cannot see"),
    "failing_outcomes": text("Cases that fail the run"),
    "suite_errors_fail": text("A suite that breaks outside its cases fails the run"),
    "least_executed": text("Cases that must have run"),
    "fewer_allowed": text("Fewer cases than the last time are allowed"),
    "days_left": text("Days that a certificate must have left, on the day of the scan"),
    "ports": text("TCP ports that every scan must have looked at"),
    "not_read": text("Checks that this edition leaves out"),
    "by": text("Judged by"),
}
#: what stands at the top of a column
_COLUMNS: dict[str, Text] = {
    "service": text("Service"),
    "ports": text("Ports"),
    "zone": text("Zone"),
    "target": text("Target"),
    "targets": text("Targets"),
    "allowed": text("May be open"),
    "must_open": text("Must answer"),
    "from": text("From zone"),
    "to": text("To zone"),
    "by": text("For every value of"),
    "values": text("At least these values"),
    "cover": text("A case passed with"),
    "case": text("Case"),
    "says": text("What it shows"),
}
_OUTCOMES: dict[str, Text] = {
    "fail": text("a test that failed"),
    "error": text("a test that could not be finished"),
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


def page(t: Language, path: Path) -> str:
    """The page of one policy by its file, without its title."""
    values = Tree(path.name, path.read_bytes()).values
    register = read_source(path, Rules).content if values["judges"] == "register" else None
    return _page(t, values, register).partition("\n")[2]


def _page(t: Language, policy: dict[str, Any], register: Rules | None) -> str:
    lines = [f"# {_said(t, policy['title'])}", _said(t, policy.get("about", "")) or _about(t, policy), ""]
    reads = {"id": _code(policy["id"]), "edition": policy["edition"], "formats": _cell(t, policy["formats"])}
    lines.append(t("Named in a requirement as {id}; edition {edition}; reads {formats}.", **reads))
    lines += ["", *description.lines(t, register)] if register else []
    parts = (
        {}
        if register
        else {name: value for name, value in policy.items() if name not in _HEAD and value not in ([], {})}
    )
    facts = [f"- {_titled(t, name)}: {_cell(t, one)}" for name, one in parts.items() if isinstance(one, str)]
    lines += ["", *facts] if facts else []
    for name, value in parts.items():
        if not isinstance(value, str):
            lines += ["", f"## {_titled(t, name)}", *_part(t, name, value)]
    if "readings" in policy:
        lines += _readings(t, policy["readings"])
    if policy["judges"] != "by-format":
        lines += ["", f"## {t('Example')}", "```", *_example(policy), "```"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _about(t: Language, policy: dict[str, Any]) -> str:
    kind = _KINDS.get(policy["judges"])
    return t.render(kind) if kind else str(policy["judges"])


def _titled(t: Language, name: str) -> str:
    if name in _WORDS:
        return t.render(_WORDS[name])
    return t("Levels") if name == "groups" else name.replace("_", " ").capitalize()


def _part(t: Language, name: str, value: Any) -> Iterator[str]:
    if name == "groups":
        for group in value:
            yield from _group(t, group)
    elif name == "failing_outcomes":
        yield from (f"- {t.render(_OUTCOMES[one])}" for one in value)
    elif name == "by":
        yield from (
            f"- {format_name}: [{_code(one)}]({_file({'id': one})}{_end(t)}.md)" for format_name, one in value.items()
        )
    elif isinstance(value, list) and all(isinstance(one, dict) and set(one) != set(LANGUAGES) for one in value):
        names = list(dict.fromkeys(key for one in value for key in one))
        heads = [t.render(_COLUMNS[one]) if one in _COLUMNS else _code(one) for one in names]
        yield from _table(heads, [[_cell(t, one.get(key, "")) for key in names] for one in value])
    elif isinstance(value, list):
        yield from (f"- {_cell(t, one)}" for one in value)
    elif isinstance(value, dict) and set(value) != set(LANGUAGES):
        yield from (f"- {_code(key)}: {_cell(t, one)}" for key, one in value.items())
    else:
        yield _cell(t, value)


def _end(t: Language) -> str:
    return "" if t.code == "en" else f".{t.code}"


def _group(t: Language, group: dict[str, Any]) -> Iterator[str]:
    """The items of one kind, by level."""
    basis = group["basis"]
    yield f"### {t.render(ITEM_KINDS[group['kind']])} ({t.render(BASES[basis]) if basis in BASES else basis})"
    rows = [
        [t.render(LEVEL_WORDS[level]), _cell(t, [item_name(t, one) for one in group[level]])]
        for level in LEVELS
        if level in group
    ]
    if "other" in group:
        rows.append([t.render(LEVEL_WORDS[group["other"]]), t("everything else")])
    yield from _table([t("Level"), t("Items")], rows)
    yield ""


def _readings(t: Language, scanner: str) -> Iterator[str]:
    """How the scanner's records become items, and which do not."""
    found = Tree(f"{scanner}.yaml", (READINGS / f"{scanner}.yaml").read_bytes()).values
    yield from ("", f"## {t('What a scan must have looked at')}")
    yield from (f"- {_said(t, one)}" for one in found["must_see"])
    yield from (
        "",
        t("A full run looks at these as well; a scan that left one out waits for someone else's review."),
        "",
    )
    yield from (f"- {_said(t, one)}" for one in found["full_run"])
    yield from ("", f"## {t('How the records of {scanner} are read', scanner=scanner)}")
    yield t("A wording that fits none of these was not seen, and never passes.")
    rows = [
        [
            _ids(one["ids"]),
            t.render(ITEM_KINDS[when.get("kind", one["kind"])]),
            f"`{_cell(t, when['finding'])}`",
            _meant(t, when),
        ]
        for one in found["readings"]
        for when in one["when"]
    ]
    yield from _table([t("Record"), t("Kind"), t("The finding holds"), t("It says")], rows)
    yield from ("", f"## {t('Records that are not judged')}")
    yield from _table(
        [t("Record"), t("Why not")], [[_ids(one["ids"]), _cell(t, one["why"])] for one in found["not_judged"]]
    )


def _ids(ids: list[str]) -> str:
    return ", ".join(_code(one) for one in ids)


def _meant(t: Language, when: dict[str, Any]) -> str:
    """What a finding that is worded so says."""
    if "item" in when:
        return item_name(t, when["item"][0])
    if "each" in when:
        return t("each that it names")
    if "suite" in when:
        return t("the suite that it describes")
    if "bits" in when:
        return t("the length of an {algorithm} key", algorithm=when["bits"])
    if "days" in when or "until" in when:
        return t("how long the certificate has left")
    return t("nothing that has a level")


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
