"""What was recognised in an uploaded file, and which requirements it can be evidence for."""

from collections.abc import Sequence

from controls.browse.values import RequirementRow
from controls.scope.address import find
from dashboard.shell.html import Html, html, icon, join, set_apart
from evidence.formats import is_table, title_of
from evidence.formats.values import Run
from evidence.intake.reading.inspection import InspectedFile, Inspection
from evidence.intake.reading.recognition import recognition
from locales import Language
from models.vocabulary import EvidenceKind

#: What tools write: a file like this that is no known test result may be one that went wrong.
_OF_TOOLS = ("application/json", "application/xml", "text/xml", "text/csv")


def proposed_requirement(candidates: Sequence[RequirementRow], requirement_in_address: str) -> list[str]:
    """The requirement to preselect: the one in the address, else the only one with a policy for this format."""
    if any(requirement.key == requirement_in_address for requirement in candidates):
        return [requirement_in_address]
    judged = [
        requirement.key for requirement in candidates if requirement.kind != EvidenceKind.RECORD and requirement.policy
    ]
    return (
        judged[:1]
        if len(judged) == 1 or len({requirement.policy for requirement in candidates if requirement.policy}) == 1
        else []
    )


def addresses(targets: Sequence[str]) -> dict[str, str]:
    """Tested addresses by their normalised form."""
    return {str(find(target) or target): target for target in targets}


def file_card(t: Language, file: InspectedFile) -> Html:
    """A file with its name, size, format, how that was recognised, and how much was read."""
    results = sum(file.counts.values())
    kind = f"{file.run.tool} {file.run.tool_version}".strip() if file.run else file.media.type
    look, symbol, read = (
        ("demonstrated", "check_circle", _read(t, file.run, results))
        if file.run
        else ("unknown", "info", t("contains no test results"))
    )
    return html(
        '<div class="file">{icon}<div><b>{name}</b><small>{size} · {kind} · {how}</small>{problem}</div>'
        '<span class="mark s-{look}">{symbol}<span>{read}</span></span></div>',
        look=look,
        symbol=icon(symbol),
        icon=icon("description"),
        name=file.name,
        size=size(t, file.staged.size),
        kind=kind,
        how=set_apart(_how(t, file)),
        problem=html("<small>{words}</small>", words=t.render(file.problem.message)) if file.problem else "",
        read=read,
    )


def _how(t: Language, file: InspectedFile) -> str:
    """By what in its content the format was recognised, or that a person chose it."""
    if not file.format:
        return t("recognised by its content")
    return f"{title_of(file.format)}. {t.render(recognition(file.name, file.format, file.overruled).because)}"


def _read(t: Language, run: Run, number: int) -> str:
    if is_table(run.format):
        return t.n("{n} row read", "{n} rows read", number)
    return t.n("{n} result read", "{n} results read", number)


def size(t: Language, size_in_bytes: int) -> str:
    """A number of bytes in words."""
    if size_in_bytes < 1000:  # noqa: PLR2004 - SI
        return t.n("{n} byte", "{n} bytes", size_in_bytes)
    if size_in_bytes < 1_000_000:  # noqa: PLR2004 - SI
        return t("{n} kB", n=round(size_in_bytes / 1000))
    return t("{n} MB", n=round(size_in_bytes / 1_000_000, 1))


def cards(t: Language, inspection: Inspection) -> Html:
    return join(file_card(t, file) for file in inspection.files)


def sentence(t: Language, inspection: Inspection) -> str:
    """One sentence on what was uploaded."""
    first = inspection.files[0]
    if first.run is None:
        return (
            t(
                "{name} contains no test results that can be read: it can only be uploaded as a document.",
                name=first.name,
            )
            if first.problem or first.media.type in _OF_TOOLS
            else t("This is a document: {name}.", name=first.name)
        )
    counts = {name: sum(file.counts.get(name, 0) for file in inspection.files) for name in ("fail", "error")}
    total = sum(sum(file.counts.values()) for file in inspection.files)
    if all(is_table(run.format) for run in inspection.runs):
        return t.n(
            "This is a table with {n} row: {name}.", "This is a table with {n} rows: {name}.", total, name=first.name
        )
    targets = list(addresses(inspection.targets).values())
    run_name = t("{tool} run", tool=" + ".join(inspection.tools))
    if targets:
        named = ", ".join(targets[:2]) + (" …" if len(targets) > 2 else "")  # noqa: PLR2004 - two are named
        run_name = t("{tool} run of {targets}", tool=" + ".join(inspection.tools), targets=named)
    failed = counts["fail"] + counts["error"]
    results = t.n("{n} result read", "{n} results read", total)
    if failed:
        return t.n(
            "{what}: {results}; the tool reports {n} problem.",
            "{what}: {results}; the tool reports {n} problems.",
            failed,
            what=run_name,
            results=results,
        )
    return t("{what}: {results}; the tool reports no problems.", what=run_name, results=results)
