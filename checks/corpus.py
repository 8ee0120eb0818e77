"""Reads real files and compares the counts with a manifest: `make corpus DIR=folder`.

`FORMATS=junit,nmap` checks some formats only. The folder (or one above it) holds a MANIFEST.tsv with a line for each
file: its format, path, whether it can be parsed, and its counts; an empty count means that the format has no such
outcome. Exit 0: all as stated; 1: a count is wrong, a file that should be refused was read (or the reverse), or
anything but the product's own refusal was raised; 2: nothing could be compared.
"""

import argparse
import csv
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.formats import formats, recognise
from evidence.formats.findings import FINDING_KIND, UNREAD, value_of
from evidence.formats.media import describe
from evidence.formats.unsupported import UnsupportedFormat
from evidence.formats.values import ERROR, FAIL, HEAD, INFORMATIONAL, NOT_APPLICABLE, PASS, SKIPPED, Unreadable
from locales import Problem

MANIFEST = "MANIFEST.tsv"
HOSTILE = "hostile"
AS_STATED, WRONG, NOT_READ = "as stated", "WRONG", "not read by this product"
#: names in the manifest for files of several formats
_SEVERAL = {"trx_nunit": ("trx", "nunit", "xunit"), "vex": ("cyclonedx", "openvex", "csaf")}
_BY_CHECK = frozenset(("csaf",))  # formats whose vulnerabilities the manifest counts, with the outcomes of each product
_OF_TARGETS = frozenset(("sslyze", "sslscan"))  # formats of which the manifest counts targets, as nothing is a result
_COUNTS = {
    "pass": (PASS,),
    "fail": (FAIL,),
    "error": (ERROR,),
    "skip_or_not_evaluated": (SKIPPED, NOT_APPLICABLE),
    "info": (INFORMATIONAL,),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of the manifest and the result of comparing it."""

    format: str
    path: str
    result: str
    message: str
    results: int = 0


def check(folder: Path, wanted: Iterable[str] = ()) -> Iterator[Checked]:
    """Compare every file under the folder that the manifest names; only the wanted formats, if there are any."""
    folder = folder.resolve()
    only = set(wanted)
    for base, row in _rows(folder):
        if only and row["format"] not in only:
            continue
        path = _located(base, folder, row["path"])
        if path is None or path.is_relative_to(folder):
            yield _checked(path, row)


def _rows(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    base = next((place for place in (folder, *folder.parents[:3]) if (place / MANIFEST).is_file()), None)
    if base is None:
        return
    with (base / MANIFEST).open(encoding="utf-8-sig", newline="") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            yield base, {name: value or "" for name, value in row.items() if isinstance(name, str)}


def _located(base: Path, folder: Path, name: str) -> Path | None:
    """Return the file's path: relative to the manifest or to a moved folder of the corpus; None if missing."""
    tries = (base / name, folder / name, base.parent / name, base / Path(*Path(name).parts[1:]))
    return next((path.resolve() for path in tries if path.is_file()), None)


def _checked(path: Path | None, row: dict[str, str]) -> Checked:
    name, location = row["format"], row["path"]
    if path is None:
        return Checked(name, location, WRONG, "the file is not there")
    if name == HOSTILE:
        return Checked(name, location, *_hostile(path))
    if not _formats_of(name) <= set(formats()):
        return Checked(name, location, NOT_READ, "")
    return Checked(name, location, *_compared(path, row))


def _compared(path: Path, row: dict[str, str]) -> tuple[str, str, int]:
    malformed = row.get("parse", "").startswith("malformed")
    if _is_of_a_format_that_is_not_read(path):
        return NOT_READ, "", 0
    try:
        counts = _counts(path, row["format"])
    except Problem as refusal:
        return AS_STATED if malformed else WRONG, f"refused: {refusal}", 0
    except Exception as error:  # noqa: BLE001 (this is what the command is to find)
        return WRONG, f"raised {type(error).__name__}: {error}", 0
    true = {count: row[count] for count in counts if row.get(count, "") != ""}
    wrong = malformed or any(str(counts[count]) != true[count] for count in true)
    message = f"read {_shown(counts)}; true {row['parse'] if malformed else _shown(true)}"
    return WRONG if wrong else AS_STATED, message, counts["n_results"]


def _is_of_a_format_that_is_not_read(path: Path) -> bool:
    """Whether a file has the name of a format of the product, and is of an older one that it only recognises."""
    with path.open("rb") as stream:
        return isinstance(recognise(stream.read(HEAD)), UnsupportedFormat)


def _counts(path: Path, name: str) -> dict[str, int]:
    """The counts that the product reads, with the format recognised by content. Raises `Unreadable`."""
    with path.open("rb") as stream:
        format_module = recognise(stream.read(HEAD))
        stream.seek(0)
        if format_module is None:
            format_module = formats()[min(_formats_of(name))]  # as a person names it; what is wrong is then told
        if format_module.NAME not in _formats_of(name):
            raise AssertionError(f"recognised as {format_module.NAME}")
        run, results = format_module.read(stream)
        counted = [(result.outcome, result.check, value_of(result, FINDING_KIND) == UNREAD) for result in results]
    outcomes = Counter(outcome for outcome, _, _ in counted)
    counts = {count: sum(outcomes[outcome] for outcome in counted) for count, counted in _COUNTS.items()}
    unread = sum(is_unread for _, _, is_unread in counted)
    checks = len({check for _, check, _ in counted})
    number = checks if format_module.NAME in _BY_CHECK else outcomes.total() - unread
    return {"n_results": len(run.targets) if name in _OF_TARGETS else number, **counts}


def _hostile(path: Path) -> tuple[str, str, int]:
    """Require that the file is refused, or is read without harm: no exception of a library, at most ten seconds."""
    began = time.monotonic()
    try:
        with path.open("rb") as stream:
            format_module = recognise(stream.read(HEAD))
            stream.seek(0)
            if format_module is None:
                return AS_STATED, f"no test result; kept at most as a record of type {describe(stream).type}", 0
            _, results = format_module.read(stream)
            count = sum(1 for _ in results)
    except Unreadable as refusal:
        return AS_STATED, f"refused: {refusal}", 0
    except Exception as error:  # noqa: BLE001 (this is what the command is to find)
        return WRONG, f"raised {type(error).__name__}: {error}", 0
    slow = time.monotonic() - began > 10  # noqa: PLR2004 (seconds)
    return WRONG if slow else AS_STATED, f"read as {format_module.NAME}, {count} records, nothing carried out", count


def _formats_of(name: str) -> set[str]:
    """Names of the formats that a name in the manifest stands for."""
    return set(_SEVERAL.get(name, (name,)))


def _shown(counts: dict[str, int] | dict[str, str]) -> str:
    short = {"n_results": "n", "skip_or_not_evaluated": "skip"}
    return " ".join(f"{short.get(name, name)}={value}" for name, value in counts.items())


def run(folder: Path, wanted: Iterable[str] = (), report: Callable[[str], object] = print) -> int:
    """Check a folder and report each file; returns the exit code described above."""
    unknown = sorted(set(wanted) - set(formats()) - set(_SEVERAL) - {HOSTILE})
    if unknown:
        report(f"Not read by this product: {', '.join(unknown)}. It reads {', '.join(sorted(formats()))}.")
        return 2
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for checked in check(folder, wanted):
        report(f"{checked.result:>24}  {checked.format:<10} {checked.path}  {checked.message}".rstrip())
        totals[checked.format].update({"files": 1, checked.result: 1, "results": checked.results})
    if not totals:
        report(f"{folder}: no file to compare; expected a {MANIFEST} there or above that names files of it.")
        return 2
    for name, total in sorted(totals.items()):
        report(f"{name}: {_total(total)}")
    wrong = sum(total[WRONG] for total in totals.values())
    report(f"{wrong} wrong." if wrong else "Everything that this product reads is as stated.")
    return 1 if wrong else 0


def _total(total: Counter[str]) -> str:
    if total[NOT_READ] == total["files"]:
        return f"{total['files']} files, {NOT_READ}"
    return (
        f"{total['files']} files, {total[AS_STATED]} as stated, {total[WRONG]} wrong, {total['results']} results read"
    )


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="checks.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--formats", default="", help="only these, with commas between")
    arguments = parser.parse_args()
    return run(arguments.folder, [name.strip() for name in arguments.formats.split(",") if name.strip()])


if __name__ == "__main__":
    sys.exit(main())
