"""The commands `upload`, `check`, `status` and `due`."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from aantoonbaar_client.client_settings import read_settings
from aantoonbaar_client.output import Output
from aantoonbaar_client.problems import ClientProblem, ExitCode
from aantoonbaar_client.requests_with_retry import Server, connected, json_of, list_of
from aantoonbaar_client.texts import t, use_language
from aantoonbaar_client.upload_files import UploadRequest, dry_run, upload_path, wait_until_judged
from aantoonbaar_client.upload_files import upload as send_upload

app = typer.Typer(
    help=t("Uploads evidence to Aantoonbaar, and shows what is due."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print the values of variables, such as the token
)


class FailOn(StrEnum):
    """Which verdict gives exit code 1."""

    FAIL = "fail"
    NONE = "none"


Files = Annotated[
    list[Path], typer.Argument(help=t("Files of one piece of evidence."), exists=True, dir_okay=False, readable=True)
]
Requirements = Annotated[
    list[str], typer.Option("--requirement", "-r", help=t("Evidence requirement (its key); may be repeated."))
]
Systems = Annotated[list[str] | None, typer.Option("--system", "-s", help=t("System (its key); may be repeated."))]
Targets = Annotated[
    list[str] | None,
    typer.Option("--target", "-t", help=t("ADDRESS=SYSTEM/TARGET, or SYSTEM/TARGET for a file that names no address.")),
]
FirstDay = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help=t("First represented day, if no file says it (2027-03-16).")),
]
LastDay = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help=t("Last represented day; by default the first."))
]
Title = Annotated[str, typer.Option(help=t("Title; by default the name of the first file."))]
MoreFields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        "-F",
        help=t("Another field of the API: NAME=VALUE, or NAME=@FILE for what is in a file; may be repeated."),
    ),
]
FailingOn = Annotated[
    FailOn, typer.Option("--fail-on", help=t("Whether evidence that fails gives exit code 1: fail or none."))
]
Waiting = Annotated[bool, typer.Option("--wait/--no-wait", help=t("Wait until a large upload is judged."))]
MostSeconds = Annotated[int, typer.Option("--timeout", min=1, help=t("Seconds to wait at most."))]
Retries = Annotated[
    int,
    typer.Option(min=0, max=20, help=t("How often a request is sent again while the server can't be reached.")),
]
Key = Annotated[str, typer.Option(help=t("Name of this upload (Idempotency-Key); by default a new one."))]
AsJson = Annotated[bool, typer.Option("--json", help=t("Print the server's answer as JSON."))]


@app.command(help=t("Upload files as one piece of evidence."))
def upload(
    files: Files,
    requirement: Requirements,
    system: Systems = None,
    target: Targets = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    title: Title = "",
    field: MoreFields = None,
    fail_on: FailingOn = FailOn.FAIL,
    wait: Waiting = True,  # noqa: FBT002 - typer's options
    timeout: MostSeconds = 1800,
    key: Key = "",
    retries: Retries = 5,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Send the files, wait until they are judged, and end with the exit code of the verdict."""
    output = Output(as_json=as_json)
    with _reported(output), _server(output, retries) as server:
        request = _request(files, requirement, system, target, first_day, last_day, title, field)
        with output.progress(request.size) as advance:
            answer = send_upload(server, request, key or uuid.uuid4().hex, advance)
        if "stage" in json_of(answer) and wait:
            output.notice(t("Received; it is being judged."))
            answer = wait_until_judged(server, answer, timeout)
        _end(output, json_of(answer), fail_on)


@app.command(help=t("Say what an upload would change; nothing is recorded."))
def check(
    files: Files,
    requirement: Requirements,
    system: Systems = None,
    target: Targets = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    title: Title = "",
    field: MoreFields = None,
    fail_on: FailingOn = FailOn.FAIL,
    retries: Retries = 5,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Ask the server; nothing is read or judged here."""
    output = Output(as_json=as_json)
    with _reported(output), _server(output, retries) as server:
        request = _request(files, requirement, system, target, first_day, last_day, title, field)
        with output.progress(request.size) as advance:
            answer = json_of(dry_run(server, request, advance))
        output.answer(answer, output.dry_run)
        _require_passing(answer, fail_on)


@app.command(help=t("Show readiness, or what became of an upload."))
def status(
    upload: Annotated[str, typer.Option(help=t("Id of an upload that is judged in the background."))] = "",
    fail_on: FailingOn = FailOn.FAIL,
    retries: Retries = 5,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Ask for readiness today, or for one upload."""
    output = Output(as_json=as_json)
    with _reported(output), _server(output, retries) as server:
        if upload:
            _end(output, json_of(server.get(upload_path(upload))), fail_on)
        else:
            output.answer(json_of(server.get("/api/v1/readiness")), output.readiness)


@app.command(help=t("Show what is due, the earliest day first."))
def due(
    team: Annotated[str, typer.Option(help=t("Team whose tasks are shown."))] = "",
    retries: Retries = 5,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Ask for the tasks."""
    output = Output(as_json=as_json)
    with _reported(output), _server(output, retries) as server:
        output.answer(list_of(server.get("/api/v1/tasks", team=team)), output.tasks)


def main() -> None:
    """Run the program."""
    app()


# ── What they share ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _reported(output: Output) -> Iterator[None]:
    """Print a problem, and end with its exit code."""
    use_language("")  # until the settings are read
    try:
        yield
    except ClientProblem as problem:
        if problem.message:
            output.problem(problem.message, problem.answer)
        raise typer.Exit(problem.code) from None


@contextmanager
def _server(output: Output, retries: int) -> Iterator[Server]:
    settings = read_settings(os.environ)
    use_language(settings.language)
    with connected(settings) as http:
        yield Server(http, retries, notify=output.notice)


def _request(
    files: list[Path],
    requirement: list[str],
    system: list[str] | None,
    target: list[str] | None,
    first_day: datetime | None,
    last_day: datetime | None,
    title: str,
    field: list[str] | None,
) -> UploadRequest:
    """The files and the fields of the form that have a value."""
    days = {"first_day": first_day, "last_day": last_day}
    fields = {
        "requirement": requirement,
        "system": system or [],
        "target": target or [],
        **{name: [day.date().isoformat()] if day else [] for name, day in days.items()},
        "title": [title] if title else [],
    }
    for name, value in map(_field, field or ()):
        fields.setdefault(name, []).append(value)
    return UploadRequest(files, {name: values for name, values in fields.items() if values})


def _field(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if not name or not equals:
        raise ClientProblem(
            t("{entry} is not a field; expected NAME=VALUE or NAME=@FILE.", entry=entry), ExitCode.WRONG_USE
        )
    return name, _content(Path(value[1:])) if value.startswith("@") else value


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ClientProblem(t("{path} can't be read: {error}", path=path, error=error), ExitCode.WRONG_USE) from None


def _end(output: Output, answer: dict[str, Any], fail_on: FailOn) -> None:
    """Print what became of an upload; evidence that fails, or a refusal, ends the program with its exit code."""
    filed = answer.get("filed") if "stage" in answer else answer
    if answer.get("stage") == "refused":
        raise ClientProblem(answer["problem"]["detail"], ExitCode.REFUSED, answer["problem"])
    if filed is None:
        output.answer(answer, output.upload)
        return
    output.answer(filed, output.filed)
    _require_passing(filed, fail_on)


def _require_passing(filed: dict[str, Any], fail_on: FailOn) -> None:
    if fail_on == FailOn.FAIL and any(cell["verdict"] == "fail" for cell in filed["coverage"]):
        raise ClientProblem("", ExitCode.FAILS)
