"""Describes a TLS policy and the readings of its scanner on the policy's page."""

from collections.abc import Iterator, Mapping
from typing import Any

from controls.files.yaml_tree import Tree
from evidence.judging.page_parts import code, in_language, table, value
from evidence.judging.tls.readings import COMMON, FOLDER
from evidence.judging.tls.rules import LEVELS, as_list
from evidence.judging.words import BASES, ITEM_KINDS, item_name
from evidence.judging.words import LEVELS as LEVEL_NAMES
from locales import Language


def groups(t: Language, item_groups: list[Mapping[str, Any]]) -> Iterator[str]:
    """Lines with the items of each kind, by level."""
    for group in item_groups:
        yield from _group(t, group)


def _group(t: Language, group: Mapping[str, Any]) -> Iterator[str]:
    """Lines with the items of a kind, by level."""
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


def scanner_readings(t: Language, scanners: str | list[str]) -> Iterator[str]:
    """Lines on what scans must have looked at, how records become items, and which are not judged."""
    common = _content(COMMON)
    yield from ("", f"## {t('What a scan must have looked at')}")
    yield from (f"- {in_language(t, needed)}" for needed in common["must_see"])
    yield from (
        "",
        t("A full run looks at these as well; a scan that left one out waits for someone else's review."),
        "",
    )
    yield from (f"- {in_language(t, needed)}" for needed in common["full_run"])
    for scanner in as_list(scanners):
        yield from _scanner(t, scanner, _content(scanner))


def _content(name: str) -> Any:
    return Tree(f"{name}.yaml", (FOLDER / f"{name}.yaml").read_bytes()).values


def _scanner(t: Language, scanner: str, readings: Mapping[str, Any]) -> Iterator[str]:
    """Lines on how the records of a scanner are read."""
    yield from ("", f"## {t('How the records of {scanner} are read', scanner=scanner)}")
    if never := readings.get("full_run", []):
        names = "; ".join(in_language(t, needed) for needed in never)
        yield from (t("A scan also waits for a review where it did not look at: {names}.", names=names), "")
    yield t("A wording that fits none of these was not seen, and never passes.")
    rows = [
        [
            _ids(reading["ids"]),
            t.render(ITEM_KINDS[when.get("kind", reading["kind"])]),
            f"`{value(t, when['finding'])}`",
            _meaning(t, when),
        ]
        for reading in readings["readings"]
        for when in reading["when"]
    ]
    yield from table([t("Id"), t("Kind"), t("The finding holds"), t("It says")], rows)
    yield from ("", f"## {t('Records of {scanner} that are not judged', scanner=scanner)}")
    yield from table(
        [t("Id"), t("Why not")],
        [[_ids(ignored["ids"]), value(t, ignored["why"])] for ignored in readings["not_judged"]],
    )


def _ids(ids: list[str]) -> str:
    return ", ".join(code(record_id) for record_id in ids)


def _meaning(t: Language, when: Mapping[str, Any]) -> str:
    """What a finding with this wording means."""
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
