"""Errors as `application/problem+json` (RFC 9457), in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from access.web.api_refusals import RETRY_AFTER, UNREACHABLE
from evidence.errors import MappingNeeded
from locales import Language, Problem, Text, text
from locales.preference import preferred
from models.calendar import calendar_of

_TITLES: dict[int, Text] = {
    400: text("The request can't be read"),
    403: text("Not allowed"),
    404: text("Not found"),
    405: text("This address does not support that method"),
    409: text("Not possible now"),
    413: text("Too large"),
    415: text("Another content type is expected"),
    416: text("The file has no such range"),
    422: text("The request is not valid"),
    500: text("Something went wrong here"),
    503: text("Not available now"),
}
TOO_LARGE = text("The request is larger than the limit.")
_DETAILS: dict[int, Text] = {
    400: text("The body can't be read as what its content type says."),
    404: text("There is nothing at this address; /api/v1 and its paths are described at /api/docs."),
    405: text("This address does not support this method; the Allow header lists the methods that it supports."),
    413: TOO_LARGE,
    500: text("The server failed; the error is in its log. Nothing was changed."),
    503: UNREACHABLE,
}
_A_DAY = text("is not a day; expected one such as 2027-03-16")
_A_MOMENT = text("is not a moment; expected one such as 2027-03-16T12:00:00Z")
_A_WHOLE_NUMBER = text("is not a whole number")
_A_TEXT = text("is not a text")
_TRUE_OR_FALSE = text("is neither true nor false")
#: The message for each type of pydantic error; `{name}` is a value of the error's context.
_MESSAGES: dict[str, Text] = {
    "missing": text("is missing"),
    "extra_forbidden": text("is not a known name"),
    "date_type": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "date_from_datetime_inexact": _A_DAY,
    "datetime_type": _A_MOMENT,
    "datetime_from_date_parsing": _A_MOMENT,
    "datetime_parsing": _A_MOMENT,
    "timezone_aware": text("has no time zone; expected a moment such as 2027-03-16T12:00:00Z"),
    "int_parsing": _A_WHOLE_NUMBER,
    "int_parsing_size": _A_WHOLE_NUMBER,
    "int_from_float": _A_WHOLE_NUMBER,
    "int_type": _A_WHOLE_NUMBER,
    "bool_parsing": _TRUE_OR_FALSE,
    "bool_type": _TRUE_OR_FALSE,
    "string_type": _A_TEXT,
    "string_unicode": _A_TEXT,
    "list_type": text("is not a list"),
    "model_attributes_type": text("is not an object with names and values"),
    "string_too_short": text("is too short; expected at least {min_length} characters"),
    "string_too_long": text("is too long; expected at most {max_length} characters"),
    "too_short": text("has too few entries; expected at least {min_length}"),
    "too_long": text("has too many entries; expected at most {max_length}"),
    "greater_than_equal": text("is too small; expected at least {ge}"),
    "less_than_equal": text("is too large; expected at most {le}"),
    "literal_error": text("is not one of {expected}"),
    "enum": text("is not one of {expected}"),
    "json_invalid": text("is not valid JSON from character {at} on"),
    "string_pattern_mismatch": text("does not match the expected form: {pattern}"),
}


class WrongField(BaseModel):
    """One value of a request that is not valid."""

    where: str = Field(description="the parameter, form field or place in the body", examples=["first_day"])
    detail: str = Field(examples=["is not a day; expected one such as 2027-03-16"])


class ProblemAnswer(BaseModel):
    """An error in the form of RFC 9457."""

    type: str = Field(examples=["urn:aantoonbaar:problem:unfitting"])
    title: str = Field(examples=["The request is not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["portal is not a system in scope on 4 March 2027 or today; in scope: websites."])
    instance: str = Field(examples=["/api/v1/evidence"])
    errors: list[WrongField] = Field(default_factory=list)
    proposed_mapping: dict[str, Any] | None = Field(
        default=None,
        description="of a table whose headings or words are not recognised: what they may mean. Correct it where "
        "needed and send it back as the form field `mapping`",
        examples=[{"columns": {"decided_by_ref": "Beoordelaar"}, "values": {"decision": {"laten staan": "keep"}}}],
    )


def install(app: FastAPI) -> None:
    """Answer every error of the app in this form."""
    app.add_exception_handler(Problem, _own_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(Exception, _unexpected)


def answer(
    request: Request,
    status: int,
    detail: Text | str,
    kind: str = "",
    errors: Sequence[WrongField] = (),
    headers: Mapping[str, str] | None = None,
    proposed_mapping: dict[str, Any] | None = None,
) -> JSONResponse:
    """The answer to an error. `kind`: the last part of its type URI; empty: `about:blank`."""
    t = _language(request)
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    body = ProblemAnswer(
        type=f"urn:aantoonbaar:problem:{kind}" if kind else "about:blank",
        title=t.render(title),
        status=status,
        detail=t.render(detail),
        instance=request.url.path,
        errors=list(errors),
        proposed_mapping=proposed_mapping,
    )
    return JSONResponse(
        body.model_dump(exclude_defaults=True),
        status,
        {"content-language": t.code, "cache-control": "no-store", **(headers or {})},
        "application/problem+json",
    )


def _language(request: Request) -> Language:
    """The reader's language, with the organisation's time zone."""
    engine = request.app.state.resources.engine()
    return preferred(request.headers.get("accept-language", ""), calendar_of(engine).zone)


async def _own_problem(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - it is registered for nothing else
    status = problem.status
    if status == HTTPStatus.NOT_FOUND and request.method != "GET" and not request.path_params:
        status = 422  # the address exists; something that the body names does not
    headers = {"retry-after": str(RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    proposed = problem.proposed_mapping if isinstance(problem, MappingNeeded) else None
    kind = _kebab(type(problem).__name__)
    return answer(request, status, problem.message, kind, headers=headers, proposed_mapping=proposed)


async def _http_problem(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, HTTPException)  # noqa: S101 - it is registered for nothing else
    detail = _DETAILS.get(problem.status_code, problem.detail)
    return answer(request, problem.status_code, detail, headers=problem.headers)


async def _invalid_request(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, RequestValidationError)  # noqa: S101 - it is registered for nothing else
    t = _language(request)
    fields = [_wrong_field(t, error) for error in problem.errors()]
    first = text("{where} {detail}.", where=fields[0].where, detail=fields[0].detail)
    return answer(request, 422, first, "invalid", fields)


def _wrong_field(t: Language, error: Mapping[str, Any]) -> WrongField:
    is_json = error["type"] != "json_invalid"  # of other bytes the place is a number of characters
    where = ".".join(str(part) for part in error["loc"][1:] if is_json) or str(error["loc"][0])
    own = error.get("ctx", {}).get("error")
    message = getattr(own, "message", None) or _MESSAGES.get(error["type"])
    if message is None:
        message = text("is not valid: {reason}", reason=error["msg"])
    values = {"at": error["loc"][-1], **error.get("ctx", {}), **message.values}
    return WrongField(where=where, detail=t.render(Text(message.message, values)))


async def _database(request: Request, _problem: Exception) -> JSONResponse:
    return answer(request, 503, _DETAILS[503])


async def _unexpected(request: Request, problem: Exception) -> JSONResponse:
    status = 503 if isinstance(problem, DBAPIError) and problem.connection_invalidated else 500
    return answer(request, status, _DETAILS[status])


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
