"""Explains how a TLS policy judges each record of a scan: item, level and basis, or why it is not judged."""

from datetime import date

from evidence.formats.values import ERROR, NOT_EVALUATED
from evidence.judging.tls.items import Items, on_day
from evidence.judging.tls.readings import ReadItem, readings
from evidence.judging.tls.rules import Rules
from evidence.judging.values import Explained, ReportedResult
from locales import Text, text


class TlsExplanation:
    """Explains records by a policy."""

    def __init__(self, rules: Rules) -> None:
        self._days_left = rules.days_left
        self._items = Items(rules)
        self._readings = readings(*rules.readings)
        self._not_read = frozenset(check.lower() for check in rules.not_read)

    def explain(self, line: ReportedResult, day: date) -> list[Explained]:
        """Explain a stored record, as judged on a day."""
        skipped = self._why_skipped(line)
        warning = self._is_uncertain(line) and line.check.lower() not in self._not_read
        read = None if skipped and not warning else self._readings.read(line.check, line.message, warning=warning)
        if read is None:
            return [Explained(why=skipped or self._unread(line.check))]
        explained = [self._explain_item(item, day) for item in read[1]]
        return explained or [Explained(why=text("Looked at: nothing was found that has a level."))]

    def _why_skipped(self, line: ReportedResult) -> Text | None:
        """Why the record is not read; None if it is."""
        if line.outcome == ERROR:
            return text("The address could not be scanned.")
        if self._is_uncertain(line):
            return self._readings.why_not(line.check) or text("The scanner itself could not tell.")
        if line.check.lower() in self._not_read:
            return text("This edition of the policy does not judge it.")
        return None

    def _is_uncertain(self, line: ReportedResult) -> bool:
        """Whether the scanner reports that it could not determine this."""
        return line.outcome == NOT_EVALUATED and self._readings.is_severity(line.severity)

    def _unread(self, check: str) -> Text:
        if self._readings.is_read(check):
            return text("Its wording is unknown, so nothing follows from it.")
        return self._readings.why_not(check) or text("This check is unknown to the policy.")

    def _explain_item(self, item: ReadItem, day: date) -> Explained:
        if item.kind == "certificate" and not item.names:
            item = on_day(item, day, self._days_left)
        name, level, basis = self._items.level(item)
        return Explained(f"{item.kind}: {name}", level, basis, None if level else text("The policy gives it no level."))
