"""What the program prints: tables for people, or the server's answer as JSON."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from aantoonbaar_client.texts import t

_MOST_CHECKS = 20  # failing checks that are printed for one verdict
_VERDICTS = {"pass": ("passes", "green"), "fail": ("fails", "bold red"), "none": ("no verdict", "yellow")}


class Output:
    """Prints on standard output; notices and progress go to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json, self._out, self._err = as_json, Console(), Console(stderr=True)

    def answer(self, body: Any, show: Callable[[Any], None]) -> None:
        """Print an answer as JSON, or as `show` does."""
        if self._as_json:
            self._out.file.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
        else:
            show(_printable(body))

    def notice(self, message: str) -> None:
        """Print a sentence that is no answer."""
        self._err.print(Text(_in_lines(message)), soft_wrap=True)

    def problem(self, message: str, body: dict[str, Any] | None) -> None:
        """Print an error; as JSON too if the server sent one."""
        if self._as_json and body is not None:
            self._out.file.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
        self._err.print(Text(_in_lines(message), style="red"), soft_wrap=True)

    @contextmanager
    def progress(self, size: int) -> Iterator[Callable[[int], None]]:
        """Show how many of `size` bytes are sent, if a person looks on; yields the function that counts them."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._err, transient=True, disable=not self._err.is_terminal) as shown:
            task = shown.add_task(t("Sending"), total=size)
            yield lambda number: shown.update(task, advance=number)

    # ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def filed(self, body: dict[str, Any]) -> None:
        """Recorded evidence with its verdicts."""
        self.notice(t("Recorded.") if body["is_new"] else t("Recorded before; nothing new."))
        self._verdicts(body)
        if body.get("links"):
            self._line(Text(body["links"]["page"]))

    def dry_run(self, body: dict[str, Any]) -> None:
        """What an upload would record and change."""
        self.notice(t("A dry run: nothing is recorded."))
        self._verdicts(body)
        for change in (body.get("effect") or {}).get("cells", ()):
            after = " → ".join(dict.fromkeys((change["saved"], change["accepted"])))
            values = {"requirement": _place(change), "before": change["before"], "after": after}
            self._line(Text(t("{requirement}: now {before}, then {after}", **values)))

    def readiness(self, body: dict[str, Any]) -> None:
        """The verdict, and how many measures and controls have which status."""
        verdict = body["verdict"]
        self._line(Text(t("Ready") if verdict["ready"] else t("Not ready"), style="bold"))
        counted = t(
            "Demonstrated on {day}: {n} of {total} controls.",
            n=verdict["demonstrated"],
            total=verdict["applicable"],
            day=body["on"],
        )
        self._line(Text(counted))
        rows = [(t("Measures"), _counted(body["measures"])), (t("Controls"), _counted(body["controls"]))]
        self._table(("", t("Status")), rows)

    def tasks(self, body: Sequence[dict[str, Any]]) -> None:
        """What is due, by whom."""
        if not body:
            self._line(t("Nothing is due."))
            return
        rows = [
            (task["due_day"] or t("not planned"), task["action"], *_names(task), task["team"] or "", task["status"])
            for task in body
        ]
        self._table((t("Due"), t("Action"), t("Requirement"), t("System"), t("Target"), t("Team"), t("Status")), rows)

    def upload(self, body: dict[str, Any]) -> None:
        """An upload that is not judged yet."""
        self.notice(t("Received; it is being judged."))
        self._line(Text(body["id"]))

    def _line(self, text: Text | str) -> None:
        """Print a line that is not broken, so that it can be copied and searched."""
        self._out.print(text, soft_wrap=True)

    def _verdicts(self, body: dict[str, Any]) -> None:
        headings = (t("Requirement"), t("System"), t("Target"), t("Verdict"), t("Reason"))
        self._table(headings, [(*_names(cell), _verdict(cell["verdict"]), cell["reason"]) for cell in body["coverage"]])
        for cell in body["coverage"]:
            for failing in cell["failing"][:_MOST_CHECKS]:
                self._line(Text(t("Fails: {check}: {reason}", **failing)))
        for reason in body["review_reasons"]:
            self._line(Text(t("Waits for a review: {reason}", reason=reason)))
        for warning in body["warnings"]:
            if warning not in body["review_reasons"]:
                self.notice(warning)

    def _table(self, headings: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
        shown = Table(*headings, box=None, pad_edge=False, show_header=any(headings))
        for row in rows:
            shown.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
        self._out.print(shown)


def _printable(body: Any) -> Any:
    """An answer without signs that command a terminal or begin a line: names of checks come from any file."""
    if isinstance(body, str):
        return "".join(sign if sign.isprintable() else " " for sign in body)
    if isinstance(body, list):
        return [_printable(each) for each in body]
    return {name: _printable(each) for name, each in body.items()} if isinstance(body, dict) else body


def _in_lines(message: str) -> str:
    return "\n".join(map(_printable, message.split("\n")))


def _names(cell: dict[str, Any]) -> tuple[str, str, str]:
    return cell["requirement"], cell["system"], cell["target"]


def _place(cell: dict[str, Any]) -> str:
    return " ".join(name for name in _names(cell) if name)


def _verdict(verdict: str) -> Text:
    word, style = _VERDICTS.get(verdict, (verdict, ""))
    return Text(t(word), style=style)


def _counted(rows: Sequence[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
