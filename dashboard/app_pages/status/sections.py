"""Tables of the product's components and its background jobs."""

from collections.abc import Sequence

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, note, table, two_lines
from jobs.status import AHEAD, FAILING, LATE, NOT_WRITABLE, OK, Health, Verification
from jobs.supervisor import JobState
from locales import Language, Text, text

#: part → its name
PARTS: dict[str, Text] = {
    "database": text("Database"),
    "store": text("Evidence store"),
    "jobs": text("Background work"),
    "clock": text("Clock"),
}
#: word → the status that lends its look, and what is said
WORDS: dict[str, tuple[str, Text]] = {
    OK: ("demonstrated", text("Works")),
    FAILING: ("failing", text("Unreachable")),
    NOT_WRITABLE: ("failing", text("Not writable")),
    LATE: ("failing", text("Late")),
    AHEAD: ("failing", text("Clock was ahead")),
}


def part_table(t: Language, found: Health) -> Html:
    rows = [[t.render(name), _word(t, getattr(found, part))] for part, name in PARTS.items()]
    return table([t("Part"), t("State")], rows)


def job_table(t: Language, jobs: Sequence[JobState], late: Sequence[str]) -> Html:
    heads = [t("Work"), t("State"), t("Last succeeded"), t("Last error"), t("Next run")]
    return table(heads, [_job(t, one, late=one.key in late) for one in jobs], "jobs")


def verification(t: Language, found: Verification | None) -> Html:
    """When the daily verification last ran, and its result."""
    if found is None:
        return note("unknown", t("It has not run yet, or no control requires it."))
    if not found.problems:
        return note("demonstrated", t("{moment}: no differences found.", moment=found.at), "check_circle")
    lines = join(html("<li>{problem}</li>", problem=one) for one in found.problems)
    words = t("{moment}: differences found. Run make verify to list them all.", moment=found.at)
    return note("failing", html("{words}<ul>{lines}</ul>", words=words, lines=lines), "dangerous")


def _word(t: Language, word: str) -> Html:
    status, said = WORDS[word]
    return mark(t, status, t.render(said))


def _job(t: Language, one: JobState, *, late: bool) -> list[object]:
    succeeded = t.moment(one.succeeded_at) if one.succeeded_at else t("not since the server started")
    return [t.render(one.title), _state(t, one, late=late), succeeded, _error(t, one), t.moment(one.next_at)]


def _state(t: Language, one: JobState, *, late: bool) -> Html:
    if one.failures:
        times = t.n("{n} time in a row", "{n} times in a row", one.failures)
        return two_lines(mark(t, "failing", t("Fails")), times)
    if late:
        return _word(t, LATE)
    if one.succeeded_at is None:
        return mark(t, "unknown", t("Not run yet"))
    return _word(t, OK)


def _error(t: Language, one: JobState) -> Html:
    if one.failed_at is None:
        return html("<small>{words}</small>", words=t("none"))
    said = t.render(one.error) if one.error else t("succeeded since")
    return two_lines(t.moment(one.failed_at), said)
