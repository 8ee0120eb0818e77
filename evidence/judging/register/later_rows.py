"""Rows that tell of a moment after they were uploaded, as a point to review."""

from datetime import datetime

from evidence.formats.values import Result
from evidence.judging.register.row_positions import listed, short_name
from evidence.judging.register.rules import Rules
from evidence.judging.values import Row
from locales import Text, text


class LaterRows:
    """Collects them. `until`: the latest moment that can have happened; None: every one can.

    Days after the represented day are judged with the row, and nothing represents days after its upload.
    """

    def __init__(self, rules: Rules, until: datetime | None) -> None:
        names = [column.key for column in rules.columns if column.type == "datetime" and column.happened]
        self._names, self._until = names if until else [], until
        self._rows: dict[str, None] = {}

    def add_row(self, row: Row, result: Result) -> None:
        """Add a row, whose moments have a zone."""
        for name in self._names:
            moment = row[name]
            if isinstance(moment, datetime) and self._until and moment > self._until:
                self._rows[short_name(result)] = None

    def points(self) -> list[Text]:
        """The point to review, if any."""
        if not self._rows:
            return []
        return [text("Rows with a moment after they were uploaded: {rows}.", rows=listed(list(self._rows)))]
