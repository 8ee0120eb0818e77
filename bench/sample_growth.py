"""Files of any size for the measurements: a sample of a format, with its records repeated under other names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "tests" / "evidence" / "formats" / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample whose records are repeated.

    `path`: below the folder of samples. `place`: of JSON, the names and indexes down to the array of records; of XML,
    the name of their element; of a table or lines, empty: all lines after the first. `name`: a text in the records,
    which gets a number in each repetition.
    """

    path: str
    place: str
    name: str


def write(sample: Sample, path: Path, size: int) -> None:
    """Write a file of about `size` bytes."""
    source = (SAMPLES / sample.path).read_text("utf-8-sig")
    if source.startswith(("{", "[")) and not sample.path.endswith(".jsonl"):
        begin, records, end, between = _of_json(json.loads(source), sample.place)
    elif source.startswith("<"):
        begin, records, end, between = *_of_xml(source, sample.place), ""
    else:
        begin, records, end, between = *_of_lines(source), ""
    before, *after = records.split(sample.name)
    with path.open("w", encoding="utf-8") as out:
        out.write(begin)
        for number, repeated in enumerate(_repeated(before, after, sample.name)):
            out.write((between if number else "") + repeated)
            if out.tell() > size:
                break
        out.write(end)


def _repeated(before: str, after: list[str], name: str) -> Iterator[str]:
    number = 0
    while True:
        yield f"{name}{number}".join((before, *after))
        number += 1


def _of_json(document: Any, place: str) -> tuple[str, str, str, str]:
    records = document
    for part in place.split("/") if place else ():
        records = records[int(part) if part.isdecimal() else part]
    listed = json.dumps(records, ensure_ascii=False)
    begin, _, end = json.dumps(document, ensure_ascii=False).partition(listed)
    return f"{begin}[", listed[1:-1], f"]{end}", ",\n"


def _of_xml(source: str, element: str) -> tuple[str, str, str]:
    start = min(at for mark in (" ", ">") if (at := source.find(f"<{element}{mark}")) >= 0)
    closing = f"</{element}>"
    end = (
        source.rindex(closing) + len(closing)
        if closing in source
        else source.index("/>", source.rindex(f"<{element} ")) + 2
    )
    return source[:start], source[start:end], source[end:]


def _of_lines(source: str) -> tuple[str, str, str]:
    first, _, rest = source.partition("\n")
    return f"{first}\n", f"{rest.rstrip()}\n", ""
