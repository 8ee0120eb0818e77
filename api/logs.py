"""Exports: the login log and the acceptances of agreements, as CSV that is sent while it is read."""

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
from api.request_context import Context, Day, Given, RequestContext, Wrong
from locales import text

router = APIRouter(prefix="/v1", tags=["logs"])
_LINES = 500  # sent at a time
_CSV = "text/csv; charset=utf-8"


class Period(Given):
    """From the first day to the last, both included; left out: the last thirty days."""

    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise Wrong(text("ends ({last}) before it begins ({first})", last=self.until, first=self.since))
        return self


@router.get(
    "/login-attempts",
    summary="Attempts to sign in, as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {_CSV: {}}}},
)
def login_attempts(context: Context, asked: Annotated[Period, Query()]) -> StreamingResponse:
    """Every attempt of these days, in the form that the `login-log` register asks: hand it in as it is."""
    last = asked.until or context.calendar.day_of(context.clock())
    first = asked.since or last - timedelta(days=29)
    since, until = context.calendar.start_of(first), context.calendar.end_of(last)
    name = f"login-attempts-{first}-{last}.csv"
    return _sent(context, name, lambda s, _: login_log.export(s, context.person, since, until))


class OnDay(Given):
    """As at the end of a day; left out: today."""

    on: Day | None = None


@router.get(
    "/agreement-acceptances",
    summary="Who accepted which agreement, as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {_CSV: {}}}},
)
def acceptances(context: Context, asked: Annotated[OnDay, Query()]) -> StreamingResponse:
    """Every holder of a role with the version in force and when they accepted it; an empty moment: not yet."""
    on: date = asked.on or context.calendar.day_of(context.clock())
    return _sent(context, f"agreements-{on}.csv", lambda s, _: agreements.export(s, context.person, on))


def _sent(context: RequestContext, name: str, lines: Callable[[Session, datetime], Iterator[str]]) -> StreamingResponse:
    """Its first piece is read before the answer begins, so that a refusal is one."""
    pieces = _pieces(context, lines)
    first = next(pieces)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chain([first], pieces), media_type=_CSV, headers=headers)


def _pieces(context: RequestContext, lines: Callable[[Session, datetime], Iterator[str]]) -> Iterator[str]:
    with context.reading() as (session, now):
        found = lines(session, now)
        while piece := "".join(islice(found, _LINES)):
            yield piece
