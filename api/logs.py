"""Routes for exports as CSV, streamed while they are read: the login log and the acceptances of agreements."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Annotated, Self

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import model_validator
from sqlmodel import Session

from access.people import agreements
from access.sign_in import login_log
from api.request_context import Context, Day, InvalidValue, RequestContext, RequestModel
from locales import text

router = APIRouter(prefix="/v1", tags=["logs"])
_LINES = 500  # sent at a time
_CSV = "text/csv; charset=utf-8"


class Period(RequestModel):
    """From the first to the last day (included); by default the last thirty days."""

    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise InvalidValue(text("ends ({last}) before it begins ({first})", last=self.until, first=self.since))
        return self


@router.get(
    "/login-attempts",
    summary="Attempts to sign in, as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {_CSV: {}}}},
)
def login_attempts(context: Context, query: Annotated[Period, Query()]) -> StreamingResponse:
    """Every attempt of these days, in the form of the `login-log` register: it can be uploaded as it is."""
    last = query.until or context.calendar.day_of(context.clock())
    first = query.since or last - timedelta(days=29)
    since, until = context.calendar.start_of(first), context.calendar.end_of(last)
    name = f"login-attempts-{first}-{last}.csv"
    return _stream(context, name, lambda s, _: login_log.export(s, context.person, since, until))


class OnDay(RequestModel):
    """As at the end of a day; by default today."""

    on: Day | None = None


@router.get(
    "/agreement-acceptances",
    summary="Who accepted which agreement, as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {_CSV: {}}}},
)
def acceptances(context: Context, query: Annotated[OnDay, Query()]) -> StreamingResponse:
    """Every holder of a role with the version in force and the moment of acceptance; empty: not accepted yet."""
    on: date = query.on or context.calendar.day_of(context.clock())
    return _stream(context, f"agreements-{on}.csv", lambda s, _: agreements.export(s, context.person, on))


def _stream(
    context: RequestContext, name: str, lines: Callable[[Session, datetime], Iterator[str]]
) -> StreamingResponse:
    """Stream the lines. The first piece is read before the answer begins, so that a refusal has its status."""
    pieces = _pieces(context, lines)
    first = next(pieces)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chain([first], pieces), media_type=_CSV, headers=headers)


def _pieces(context: RequestContext, lines: Callable[[Session, datetime], Iterator[str]]) -> Iterator[str]:
    with context.reading() as (session, now):
        rows = lines(session, now)
        while piece := "".join(islice(rows, _LINES)):
            yield piece
