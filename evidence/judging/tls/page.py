"""How a TLS policy and the readings of its scanner are described on its page."""

from collections.abc import Iterator, Mapping
from typing import Any

from controls.files.yaml_tree import Tree
from evidence.judging.page_parts import code, in_language, table, value
from evidence.judging.tls.readings import FOLDER
from evidence.judging.tls.rules import LEVELS
from evidence.judging.words import BASES, ITEM_KINDS, item_name
from evidence.judging.words import LEVELS as LEVEL_NAMES
from locales import Language


def groups(t: Language, given: list[Mapping[str, Any]]) -> Iterator[str]:
    """The items of each kind, by level."""
    for group in given:
        yield from _group(t, group)


def _group(t: Language, group: Mapping[str, Any]) -> Iterator[str]:
    """The items of item kind, by level."""
    basis = group["basis"]
    yield f"### {t.render(ITEM_KINDS[group['kind']])} ({t.render(BASES[basis]) if basis in BASES else basis})"
    rows = [
        [t.render(LEVEL_NAMES[level]), value(t, [item_name(t, item) for item in group[level]])]
        for level in LEVELS
        if level in group
    ]
    if "other" in group:
        rows.append([t.render(LEVEL_NAMES[group["other"]]), t("everything else")])
    yield from table([t("Level"), t("Items")], rows)
    yield ""


def scanner_readings(t: Language, scanner: str) -> Iterator[str]:
    """How the scanner's records become items, and which do not."""
    found = Tree(f"{scanner}.yaml", (FOLDER / f"{scanner}.yaml").read_bytes()).values
    yield from ("", f"## {t('What a scan must have looked at')}")
    yield from (f"- {in_language(t, one)}" for one in found["must_see"])
    yield from (
        "",
        t("A full run looks at these as well; a scan that left one out waits for someone else's review."),
        "",
    )
    yield from (f"- {in_language(t, one)}" for one in found["full_run"])
    yield from ("", f"## {t('How the records of {scanner} are read', scanner=scanner)}")
    yield t("A wording that fits none of these was not seen, and never passes.")
    rows = [
        [
            _ids(one["ids"]),
            t.render(ITEM_KINDS[when.get("kind", one["kind"])]),
            f"`{value(t, when['finding'])}`",
            _meant(t, when),
        ]
        for one in found["readings"]
        for when in one["when"]
    ]
    yield from table([t("Record"), t("Kind"), t("The finding holds"), t("It says")], rows)
    yield from ("", f"## {t('Records that are not judged')}")
    yield from table(
        [t("Record"), t("Why not")], [[_ids(one["ids"]), value(t, one["why"])] for one in found["not_judged"]]
    )


def _ids(ids: list[str]) -> str:
    return ", ".join(code(one) for one in ids)


def _meant(t: Language, when: Mapping[str, Any]) -> str:
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
