"""Requests to the server: sent again with growing pauses while it can't be reached or is busy."""

import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx

from aantoonbaar_client import __name__ as program
from aantoonbaar_client.client_settings import ClientSettings
from aantoonbaar_client.problems import ClientProblem, ExitCode
from aantoonbaar_client.texts import language, t

_Shape = TypeVar("_Shape", dict[str, Any], list[Any])
_BUSY = (429, 502, 503, 504)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_TIMES = httpx.Timeout(connect=10, read=300, write=60, pool=10)  # a large file is judged before its answer


class Server:
    """The API of one product, with the token. `retries`: how often a request is sent again at most."""

    def __init__(
        self,
        http: httpx.Client,
        retries: int = 5,
        *,
        pause: Callable[[float], None] = time.sleep,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`notify` is called with a sentence before each pause."""
        self._http, self._retries, self._pause, self._notify = http, retries, pause, notify

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """An answer that is no error. Raises `ClientProblem`."""
        return self.request(lambda http: http.get(path, params=parameters or None))

    def request(self, send: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
        """Send a request that may be sent again without harm. Raises `ClientProblem`."""
        for retry in range(self._retries + 1):
            outcome = self._attempt(send)
            if isinstance(outcome, httpx.Response) and outcome.status_code not in _BUSY:
                return _accepted(outcome)
            if retry < self._retries:
                self._wait(retry, outcome)
        raise _not_reached(outcome)

    def wait(self, seconds: float) -> None:
        """Wait before asking again what became of an upload."""
        self._pause(min(seconds, _LONGEST_PAUSE))

    def _attempt(self, send: Callable[[httpx.Client], httpx.Response]) -> httpx.Response | httpx.TransportError:
        try:
            return send(self._http)
        except httpx.TransportError as error:
            return error

    def _wait(self, retry: int, outcome: httpx.Response | httpx.TransportError) -> None:
        growing = _FIRST_PAUSE * 2**retry * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        seconds = min(max(growing, retry_after(outcome)), _LONGEST_PAUSE)
        self._notify(t("{reason} Trying again in {n} s.", reason=_reason(outcome), n=round(seconds)))
        self._pause(seconds)


@contextmanager
def connected(settings: ClientSettings) -> Iterator[httpx.Client]:
    """Connections to the product, with the token and the language of the person. Raises `ClientProblem`."""
    headers = {
        "authorization": f"Bearer {settings.token}",
        "accept-language": language(),
        "user-agent": program,
    }
    # without TLS no proxy of the environment comes in between: it would see the token
    by_proxy = settings.address.startswith("https:")
    with httpx.Client(
        base_url=settings.address, headers=headers, timeout=_TIMES, verify=_trusted(settings), trust_env=by_proxy
    ) as http:
        yield http


def retry_after(outcome: httpx.Response | httpx.TransportError) -> float:
    """The seconds after which the server wants to be asked again; 0 if it does not say."""
    value = outcome.headers.get("retry-after", "") if isinstance(outcome, httpx.Response) else ""
    return float(value) if value.isdecimal() else 0.0


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer as an object. Raises `ClientProblem` if something else than the product answered."""
    return _expected(answer, dict)


def list_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The answer as a list. Raises as `json_of`."""
    return _expected(answer, list)


def _expected(answer: httpx.Response, shape: type[_Shape]) -> _Shape:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, shape):
        raise ClientProblem(_not_ours(answer), ExitCode.NOT_REACHED)
    return body


def _not_ours(answer: httpx.Response) -> str:
    place, status = answer.url.copy_with(query=None), answer.status_code
    return t("{address} answered {status}; is this the address of Aantoonbaar?", address=place, status=status)


def _trusted(settings: ClientSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        message = t("{path} can't be read: {error}", path=settings.ca_file, error=error)
        raise ClientProblem(message, ExitCode.WRONG_USE) from None


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    body = problem_body(answer)
    raise ClientProblem(_message(answer, body), ExitCode.REFUSED, body)


def problem_body(answer: httpx.Response) -> dict[str, Any]:
    """The server's error as RFC 9457; one made from the status if something else answered, such as a proxy."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict) and "detail" in body:
        return body
    detail = _not_ours(answer)
    return {"type": "about:blank", "title": answer.reason_phrase, "status": answer.status_code, "detail": detail}


def _message(answer: httpx.Response, body: dict[str, Any]) -> str:
    """The server's sentence, and each wrong field where there are several."""
    wrong = [f"  {error['where']}: {error['detail']}" for error in body.get("errors", ())]
    lines = [str(body["detail"]), *(wrong if len(wrong) > 1 else [])]
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        lines.append(t("Check the token: it may have ended or been revoked."))
    if "proposed_mapping" in body:
        lines.append(
            t("With --json the answer has a proposed_mapping: correct it, and send it with --field mapping=@FILE.")
        )
    return "\n".join(lines)


def _reason(outcome: httpx.Response | httpx.TransportError) -> str:
    if isinstance(outcome, httpx.Response):
        return str(problem_body(outcome)["detail"])
    return t("The server can't be reached: {error}.", error=str(outcome) or type(outcome).__name__)


def _not_reached(outcome: httpx.Response | httpx.TransportError) -> ClientProblem:
    body = problem_body(outcome) if isinstance(outcome, httpx.Response) else None
    return ClientProblem(_reason(outcome), ExitCode.NOT_REACHED, body)
