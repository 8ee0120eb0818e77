"""What a TLS policy says of one line of a scan, good ones too: item, level and basis, or why it is not judged."""

from datetime import date

from evidence.formats.testssl import is_severity
from evidence.formats.values import ERROR, NOT_EVALUATED
from evidence.judging.tls.items import Items, on_day
from evidence.judging.tls.readings import ReadItem, readings
from evidence.judging.tls.rules import Rules
from evidence.judging.values import Explained, StoredResult
from locales import Text, text


class TlsExplanation:
    """The explanations of one policy."""

    def __init__(self, rules: Rules) -> None:
        self._days_left = rules.days_left
        self._items = Items(rules)
        self._readings = readings(rules.readings)
        self._not_read = frozenset(one.lower() for one in rules.not_read)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """As judged on that day."""
        silent = self._silent(line)
        warning = (
            is_severity(line.severity) and line.outcome == NOT_EVALUATED and line.check.lower() not in self._not_read
        )
        read = None if silent and not warning else self._readings.read(line.check, line.message, warning=warning)
        if read is None:
            return [Explained(why=silent or self._unread(line.check))]
        explained = [self._one(found, day) for found in read[1]]
        return explained or [Explained(why=text("Looked at: nothing was found that has a level."))]

    def _silent(self, line: StoredResult) -> Text | None:
        """Why the line is not even read."""
        if line.outcome == ERROR:
            return text("The address could not be scanned.")
        if line.outcome == NOT_EVALUATED and is_severity(line.severity):
            return self._readings.why_not(line.check) or text("The scanner itself could not tell.")
        if line.check.lower() in self._not_read:
            return text("This edition of the policy does not judge it.")
        return None

    def _unread(self, check: str) -> Text:
        if self._readings.is_read(check):
            return text("Its wording is unknown, so nothing follows from it.")
        return self._readings.why_not(check) or text("This check is unknown to the policy.")

    def _one(self, found: ReadItem, day: date) -> Explained:
        if found.kind == "certificate" and not found.names:
            found = on_day(found, day, self._days_left)
        name, level, basis = self._items.level(found)
        item = f"{found.kind}: {name}"
        return Explained(item, level, basis, None if level else text("The policy gives it no level."))
