"""Recognising the format of a file by its content: the samples of every format, and a folder of real files if named.

`CORPUS=../shared/corpus/open python -m bench recognition`. The processor time of the slowest file counts.
"""

import os
import time
from pathlib import Path

from bench.report import Report
from evidence.formats import formats, recognise
from evidence.formats.reading import plain_text
from evidence.formats.values import HEAD

_SAMPLES = Path(__file__).parents[1] / "tests" / "evidence" / "formats" / "samples"
_MOST_MS = 50
_REPEATED = 3


def run(folder: Path, report: Report) -> None:
    del folder
    report.title("Recognition of formats")
    formats()  # imports all
    for place in filter(None, (str(_SAMPLES), os.environ.get("CORPUS", ""))):
        heads = [_head(path) for path in sorted(Path(place).rglob("*")) if path.is_file()]
        slowest = max(map(_milliseconds, heads))
        report.line(f"the slowest of {len(heads)} files in {Path(place).name}", slowest, "ms", limit=_MOST_MS)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _milliseconds(head: bytes) -> float:
    """The least processor time of some attempts, each of which decodes the text anew."""
    took = []
    for _ in range(_REPEATED):
        plain_text.looks_like_text.cache_clear()
        began = time.thread_time()
        recognise(head)
        took.append(1_000 * (time.thread_time() - began))
    return min(took)
