"""Errors as `application/problem+json` (RFC 9457), in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
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
from api.answers import FiledAnswer
from evidence.errors import MappingNeeded
from evidence.intake.program_uploads.upload_rows import Refusal
from locales import Language, Problem, Text, text
from locales.preference import preferred
from models.calendar import calendar_of
from models.vocabulary import Verdict

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
_FAILS, _WOULD_FAIL = text("Recorded, and it fails"), text("It would fail")
_RECORDED = text(
    "The evidence is recorded, and does not pass for {requirements}; `filed` says why. The status is an error because "
    "the request has fail_on=fail."
)
_NOT_RECORDED = text(
    "The evidence would not pass for {requirements}; `filed` says why. Nothing is recorded: this was a dry run. The "
    "status is an error because the request has fail_on=fail."
)
_DETAILS: dict[int, Text] = {
    400: text("The body can't be read as what its content type says."),
    404: text("There is nothing at this address; /api/v1 and its paths are described at /api/docs."),
    405: text("This address does not support this method; the Allow header lists the methods that it supports."),
    413: text("The request is larger than is accepted here."),
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
    "dict_type": text("is not an object with names and values"),
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
_MISSING, _EXTRA = "missing", "extra_forbidden"  # pydantic's types of errors
#: The form of each field of an upload, as curl's -F sends it.
_FORMS = {
    "files": "files=@report.xml",
    "requirement": "requirement=KEY",
    "system": "system=KEY",
    "target": "target=ADDRESS=SYSTEM/TARGET",
    "first_day": "first_day=2027-03-16",
    "last_day": "last_day=2027-03-16",
    "explicit_end": "explicit_end=2027-03-16",
    "population": "population=NUMBER",
    "population_source": "population_source=TEXT",
    "population_day": "population_day=2027-03-16",
    "population_of": "population_of=SYSTEM=NUMBER",
    "mapping": "mapping=JSON",
    "format": "format=FILE=FORMAT",
    "zone": "zone=FILE=ZONE",
    "title": "title=TEXT",
    "note": "note=TEXT",
    "tool": "tool=NAME",
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
    filed: FiledAnswer | None = Field(
        default=None, description="with `fail_on=fail`: what was recorded, or in a dry run would be, and fails"
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
    **members: Any,
) -> JSONResponse:
    """The answer to an error. `kind`: the last part of its type URI; `members`: further ones of `ProblemAnswer`."""
    t = _language(request)
    body = _body(t, status, detail, kind, request.url.path, errors=list(errors), **members)
    return _response(t, body, headers or {})


def refused(request: Request, refusal: Refusal) -> JSONResponse:
    """The answer about an upload that was refused in the background, as its own request would have had it."""
    t = _language(request)
    return _response(t, problem_of(t, refusal, request.url.path), {})


def problem_of(t: Language, refusal: Refusal, address: str) -> ProblemAnswer:
    """Why an upload was refused in the background. `address`: of that upload."""
    kind, mapping = _kebab(refusal.kind), refusal.proposed_mapping
    return _body(t, refusal.status, refusal.message, kind, address, proposed_mapping=mapping)


def failing(request: Request, filed: FiledAnswer, headers: Mapping[str, str], *, recorded: bool = True) -> JSONResponse:
    """The answer to evidence that fails its policy, for a request that asks to be stopped by it (`fail_on=fail`)."""
    names = ", ".join(sorted({cell.requirement for cell in filed.coverage if cell.verdict == Verdict.FAIL}))
    form = _RECORDED if recorded else _NOT_RECORDED
    detail, title = Text(form.message, {"requirements": names}), _FAILS if recorded else _WOULD_FAIL
    return answer(request, 409, detail, "evidence-fails", headers=headers, filed=filed, title=title)


def _body(
    t: Language,
    status: int,
    detail: Text | str,
    kind: str,
    address: str,
    *,
    title: Text | None = None,
    **members: Any,
) -> ProblemAnswer:
    return ProblemAnswer(
        type=f"urn:aantoonbaar:problem:{kind}" if kind else "about:blank",
        title=t.render(title if title is not None else _title(status)),
        status=status,
        detail=t.render(detail),
        instance=address,
        **members,
    )


def _title(status: int) -> Text | str:
    return _TITLES.get(status, HTTPStatus(status).phrase)


def _response(t: Language, body: ProblemAnswer, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(
        body.model_dump(mode="json", exclude_defaults=True),
        body.status,
        {"content-language": t.code, "cache-control": "no-store", **headers},
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
    known = _DETAILS.get(problem.status_code, problem.detail)
    detail: Text | str = getattr(problem, "message", known)
    return answer(request, problem.status_code, detail, headers=problem.headers)


async def _invalid_request(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, RequestValidationError)  # noqa: S101 - it is registered for nothing else
    t = _language(request)
    fields = [_wrong_field(t, error, is_upload=_is_upload(request)) for error in problem.errors()]
    first = text("{where} {detail}.", where=fields[0].where, detail=fields[0].detail)
    return answer(request, 422, first, "invalid", fields)


def _is_upload(request: Request) -> bool:
    return request.method == "POST" and request.url.path.rstrip("/").endswith("/v1/evidence")


def _form_message(kind: str, where: str) -> Text | None:
    """The message for a missing or misspelt field of an upload, with the form that is expected."""
    if kind == _MISSING and where in _FORMS:
        return text("is missing; send multipart/form-data with {form}", form=_FORMS[where])
    if kind == _EXTRA and (close := get_close_matches(where, _FORMS, 1)):
        return text("is not a known name; expected {form}", form=_FORMS[close[0]])
    return None


def _wrong_field(t: Language, error: Mapping[str, Any], *, is_upload: bool) -> WrongField:
    is_json = error["type"] != "json_invalid"  # of other bytes the place is a number of characters
    where = ".".join(str(part) for part in error["loc"][1:] if is_json) or str(error["loc"][0])
    own = error.get("ctx", {}).get("error")
    form = _form_message(error["type"], where) if is_upload else None
    message = getattr(own, "message", None) or form or _MESSAGES.get(error["type"])
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
