"""Tables of the product's components and its background jobs."""

from collections.abc import Sequence

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, note, table, two_lines
from jobs.status import AHEAD, FAILING, LATE, NOT_WRITABLE, OK, Health, Verification
from jobs.supervisor import JobState
from locales import Language, Text, text
from models.vocabulary import DeliveryState, MailKind
from reports.mail.deliveries import MailState, NotDelivered

#: part → its name
PARTS: dict[str, Text] = {
    "database": text("Database"),
    "store": text("Evidence store"),
    "jobs": text("Background work"),
    "clock": text("Clock"),
}
#: state → the status that lends its look, and its label
WORDS: dict[str, tuple[str, Text]] = {
    OK: ("demonstrated", text("Works")),
    FAILING: ("failing", text("Unreachable")),
    NOT_WRITABLE: ("failing", text("Not writable")),
    LATE: ("failing", text("Late")),
    AHEAD: ("failing", text("Clock was ahead")),
}

KINDS: dict[MailKind, Text] = {
    MailKind.DIGEST: text("daily message"),
    MailKind.INVITATION: text("invitation"),
    MailKind.RESET: text("link for a new password"),
}
#: state of a message that did not arrive → the status that lends its look, and its label
RESULTS: dict[DeliveryState, tuple[str, Text]] = {
    DeliveryState.BEGUN: ("unknown", text("Unknown: the server stopped meanwhile")),
    DeliveryState.NOT_TAKEN: ("lapsed", text("Not taken by the mail server")),
    DeliveryState.REFUSED: ("failing", text("Refused by the mail server")),
}


def part_table(t: Language, health: Health) -> Html:
    rows = [[t.render(name), _state_mark(t, getattr(health, part))] for part, name in PARTS.items()]
    return table([t("Part"), t("State")], rows)


def job_table(t: Language, jobs: Sequence[JobState], late: Sequence[str]) -> Html:
    heads = [t("Work"), t("State"), t("Last succeeded"), t("Last error"), t("Next run")]
    return table(heads, [_job(t, job, late=job.key in late) for job in jobs], "jobs")


def verification(t: Language, last_run: Verification | None) -> Html:
    """When the daily verification last ran, and its result."""
    if last_run is None:
        return note("unknown", t("It has not run yet, or no control requires it."))
    if not last_run.problems:
        return note("demonstrated", t("{moment}: no differences found.", moment=last_run.at), "check_circle")
    lines = join(html("<li>{problem}</li>", problem=problem) for problem in last_run.problems)
    words = t("{moment}: differences found. Run make verify to list them all.", moment=last_run.at)
    return note("failing", html("{words}<ul>{lines}</ul>", words=words, lines=lines), "dangerous")


def mail(t: Language, state: MailState, *, is_set: bool) -> Html:
    """Whether mail is set, when it was last sent, and what did not arrive in the last week."""
    if not is_set:
        return note("unknown", t("Off: no mail server is set. See docs/mail.md."))
    sent = t("Last sent on {moment}.", moment=state.sent_at) if state.sent_at else t("Nothing was sent yet.")
    paragraph = html("<p>{sent}</p>", sent=sent)
    if not state.not_delivered:
        return paragraph
    heads = [t("When"), t("Person"), t("Message"), t("Result"), t("Reply")]
    return join([paragraph, table(heads, [_message(t, row) for row in state.not_delivered])])


def _message(t: Language, row: NotDelivered) -> list[object]:
    status, result = RESULTS[DeliveryState(row.state)]
    kind = t.render(KINDS[MailKind(row.kind)])
    return [t.moment(row.at), row.name, kind, mark(t, status, t.render(result)), row.reply or t("none")]


def _state_mark(t: Language, state: str) -> Html:
    status, name = WORDS[state]
    return mark(t, status, t.render(name))


def _job(t: Language, job: JobState, *, late: bool) -> list[object]:
    succeeded = t.moment(job.succeeded_at) if job.succeeded_at else t("not since the server started")
    return [t.render(job.title), _state(t, job, late=late), succeeded, _error(t, job), t.moment(job.next_at)]


def _state(t: Language, job: JobState, *, late: bool) -> Html:
    if job.failures:
        times = t.n("{n} time in a row", "{n} times in a row", job.failures)
        return two_lines(mark(t, "failing", t("Fails")), times)
    if late:
        return _state_mark(t, LATE)
    if job.succeeded_at is None:
        return mark(t, "unknown", t("Not run yet"))
    return _state_mark(t, OK)


def _error(t: Language, job: JobState) -> Html:
    if job.failed_at is None:
        return html("<small>{words}</small>", words=t("none"))
    state = t.render(job.error) if job.error else t("succeeded since")
    return two_lines(t.moment(job.failed_at), state)
