"""Sending an upload: the files stream from disk, under a key that makes it safe to send again."""

import io
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from aantoonbaar_client.problems import ClientProblem, ExitCode
from aantoonbaar_client.requests_with_retry import Server, json_of, retry_after
from aantoonbaar_client.texts import t

_PATH = "/api/v1/evidence"
_LEAST_PAUSE = 1.0  # seconds between two questions about an upload
_UNDERWAY = ("waiting", "judging")


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """Files with the fields of the form; a field may have several values."""

    files: Sequence[Path]
    fields: dict[str, list[str]]

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(path.stat().st_size for path in self.files)


class CountedFile(io.FileIO):
    """A file that reports how many bytes are read from it."""

    def __init__(self, path: Path, advance: Callable[[int], None]) -> None:
        super().__init__(path, "rb")
        self._advance = advance

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size if size is not None else -1) or b""
        self._advance(len(data))
        return data


def upload(server: Server, request: UploadRequest, key: str, advance: Callable[[int], None]) -> httpx.Response:
    """Send an upload: answered with its evidence, or with 202 if it is judged later. Raises `ClientProblem`."""
    return _send(server, request, {}, {"idempotency-key": key}, advance)


def dry_run(server: Server, request: UploadRequest, advance: Callable[[int], None]) -> httpx.Response:
    """Ask what an upload would change. Raises `ClientProblem`."""
    return _send(server, request, {"dry_run": "true"}, {}, advance)


def _send(
    server: Server,
    request: UploadRequest,
    parameters: dict[str, str],
    headers: dict[str, str],
    advance: Callable[[int], None],
) -> httpx.Response:
    def post(http: httpx.Client) -> httpx.Response:
        with ExitStack() as opened:
            files = [("files", (path.name, opened.enter_context(CountedFile(path, advance)))) for path in request.files]
            return http.post(_PATH, params=parameters, headers=headers, data=request.fields, files=files)

    return server.request(post)


def upload_path(upload: str) -> str:
    """Where to ask what became of an upload, by its id."""
    return f"/api/v1/uploads/{quote(upload, safe='')}"


def wait_until_judged(
    server: Server, received: httpx.Response, seconds: float, clock: Callable[[], float] = time.monotonic
) -> httpx.Response:
    """Ask, until it is judged or refused, what became of an upload that was received. Raises `ClientProblem`.

    It is asked by its id, not at the Location of the answer: the token goes to no other address than the one set.
    """
    until, answer = clock() + seconds, received
    path = upload_path(str(json_of(received).get("id")))
    while json_of(answer).get("stage") in _UNDERWAY:
        if clock() >= until:
            raise _not_judged_yet(json_of(answer), seconds)
        server.wait(max(retry_after(answer), _LEAST_PAUSE))
        answer = server.get(path)
    return answer


def _not_judged_yet(answer: dict[str, Any], seconds: float) -> ClientProblem:
    message = t(
        "Received, and not judged within {n} s. See: aantoonbaar status --upload {upload}",
        n=round(seconds),
        upload=answer["id"],
    )
    return ClientProblem(message, ExitCode.NOT_JUDGED_YET, answer)
