"""Test results between reading and filing: read once, outside any transaction, in constant memory."""

import marshal
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, starmap
from operator import itemgetter
from tempfile import SpooledTemporaryFile

from evidence.formats.values import Result

_BATCH = 2_000
_IN_MEMORY = 1 << 20  # bytes; more goes to a temporary file
_OUTCOME = itemgetter(Result._fields.index("outcome"))


class Spool:
    """Results in their order, with their number by outcome. Packed by `marshal`: read thrice as fast as JSON."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: list[Result] = []  # for a look before filing
        self._lines = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `close`

    def fill(self, results: Iterable[Result], shown: int = 20) -> None:
        """Take in all results."""
        source = iter(results)
        while batch := list(islice(source, _BATCH)):
            self.first += batch[: max(0, shown - len(self.first))]
            self.counts.update(map(_OUTCOME, batch))
            packed = marshal.dumps(list(map(tuple, batch)))
            self._lines.write(len(packed).to_bytes(8, "big") + packed)

    def batches(self) -> Iterator[list[Result]]:
        """The results again, some thousands at a time."""
        self._lines.seek(0)
        while size := self._lines.read(8):
            packed = self._lines.read(int.from_bytes(size, "big"))
            yield list(starmap(Result, marshal.loads(packed)))  # noqa: S302 - what `fill` wrote a moment ago

    def close(self) -> None:
        self._lines.close()
