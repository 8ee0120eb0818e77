"""Uploads that a program sent and that are evaluated later: how far each is, and what its sender can do."""

from collections import Counter
from collections.abc import Sequence

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, caption, html, link, note, section, table, two_lines
from evidence.intake.program_uploads.sent_uploads import SentUpload
from locales import Language
from models.vocabulary import Status, UploadState

_NAMED = 3  # files of an upload before the rest is only counted
_MAPPING = "MappingNeeded"
_PLACE = "sent-uploads"  # the id of the list on its page


def sent_uploads_note(t: Language, sent: Sequence[SentUpload]) -> Html:
    """How many were refused and how many still wait, with the way to the list; nothing if all were recorded."""
    numbers = Counter(each.state for each in sent)
    refused, waiting = numbers[UploadState.REFUSED], numbers[UploadState.WAITING]
    parts = []
    if refused:
        parts.append(t.n("{n} upload was refused.", "{n} uploads were refused.", refused))
    if waiting:
        parts.append(t.n("{n} upload is still to be evaluated.", "{n} uploads are still to be evaluated.", waiting))
    if not parts:
        return Html("")
    more = link(address("upload"), t("See what to do"), "soft-link")
    words = html("{parts} {more}", parts=" ".join(parts), more=more)
    return note(Status.FAILING if refused else Status.IN_REVIEW, words, "upload_file")


def sent_uploads_list(t: Language, sent: Sequence[SentUpload]) -> Html:
    """The uploads in a table, or nothing."""
    if not sent:
        return Html("")
    head = [t("Files"), t("Sent"), t("State"), t("Reason, or what comes next")]
    rows = [(_files(t, each), _sent(t, each), _state(t, each), _what_to_do(t, each)) for each in sent]
    why = t(
        "Large uploads of the API and of build servers are received first and evaluated later. Here are yours and "
        "those of your tokens and your teams' tokens, until 7 days after they were evaluated."
    )
    advice = t("Nothing of a refused upload was recorded: send the mended file again, or drop it above.")
    refused = any(each.state == UploadState.REFUSED for each in sent)
    return html(
        '<section id="{place}">{head}{why}{table}</section>',
        place=_PLACE,
        head=section(t("Sent by the API or a build server")),
        why=caption(f"{why} {advice}" if refused else why),
        table=table(head, rows, "sent"),
    )


def _files(t: Language, sent: SentUpload) -> Html:
    rest = len(sent.files) - _NAMED
    more = t(" and {n} more", n=rest) if rest > 0 else ""
    return html("{names}", names=", ".join(sent.files[:_NAMED]) + more)


def _sent(t: Language, sent: SentUpload) -> Html:
    return two_lines(t.moment(sent.received_at), sent.uploaded_by)


def _state(t: Language, sent: SentUpload) -> Html:
    if sent.state == UploadState.REFUSED:
        return mark(t, Status.FAILING, t("refused"))
    if sent.state == UploadState.JUDGED:
        return mark(t, Status.DEMONSTRATED, t("recorded"))
    return mark(t, Status.IN_REVIEW, t("being evaluated") if sent.attempts else t("waiting"))


def _what_to_do(t: Language, sent: SentUpload) -> Html:
    if sent.refusal is not None:
        reason, advice = t.render(sent.refusal.message), _advice(t, sent.refusal.kind)
        return html(
            '<span class="two"><span>{reason}</span><small>{advice}</small></span>', reason=reason, advice=advice
        )
    if sent.evidence:
        return link(address("evidence-item", id=sent.evidence), t("Open the evidence"), "soft-link")
    if sent.attempts > 1:
        return caption(
            t("Evaluating it did not succeed yet; it is tried again by itself (attempt {n}).", n=sent.attempts)
        )
    return caption(t("Nothing; it is evaluated by itself, after what was sent before it."))


def _advice(t: Language, kind: str) -> str:
    """What only this kind of refusal asks; the rest stands above the table."""
    if kind != _MAPPING:
        return ""
    return t(
        "Drop the file above and say what its columns mean; the next upload for the same requirement and systems is "
        "read the same way."
    )
