"""Calendar feeds: routes to make and revoke them, and the route at which a calendar program reads one."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from threading import Lock
from typing import Final

from cachetools import TTLCache
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from access.people.calendar_feeds import ActiveFeed, feed_address, find_feed, list_feeds, make_feed, revoke_feed, touch
from api.request_context import Context, Key, Number, RequestModel
from controls.browse import shared_definitions
from locales import Language
from models.calendar import calendar_of
from models.transaction import deriving, last_fact, present, reading
from readiness.tasks.calendar_entries import current_entries, entries_of
from reports.calendar_file import MEDIA_TYPE, EntryTitles, calendar_file

router = APIRouter(prefix="/v1", tags=["tasks"])
_HOUR: Final = 3_600  # seconds
_READINGS: Final = 120  # of one feed in an hour, before its readers have to wait
_WRONG: Final = 120  # addresses that do not exist, of one client in an hour
_VERSION: Final = "1"  # of the form of the file


class FeedAnswer(BaseModel):
    """A calendar feed that works."""

    id: int
    team: str | None = Field(description="null: what concerns whoever made it")
    made_at: datetime
    read_at: datetime | None = Field(description="when it was last read, to the hour")


class NewFeed(RequestModel):
    """A feed of a team, or of what concerns whoever makes it."""

    team: Key | None = None


class NewFeedAnswer(BaseModel):
    """A new feed with its secret address, which is shown this once."""

    id: int
    address: str = Field(examples=["https://evidence.example.org/feed/….ics"])


@router.get("/calendar-feeds", summary="My calendar feeds")
def read_feeds(context: Context) -> list[FeedAnswer]:
    """Those that work, without their addresses."""
    with context.reading() as (session, _):
        rows = list_feeds(session, context.person)
    return [FeedAnswer(**{name: getattr(row, name) for name in FeedAnswer.model_fields}) for row in rows]


@router.post("/calendar-feeds", status_code=201, summary="Make a calendar feed")
def add_feed(context: Context, request: Request, new: NewFeed) -> NewFeedAnswer:
    """Calendar programs subscribe to its address; it reads with the rights that its maker has at each reading."""
    with context.writing() as (session, now):
        number, secret = make_feed(session, context.person, new.team, now)
    return NewFeedAnswer(id=number, address=feed_address(f"{request.url.scheme}://{request.url.netloc}", secret))


@router.post("/calendar-feeds/{feed}/revocation", status_code=204, summary="Revoke a calendar feed")
def end_feed(context: Context, feed: Number) -> None:
    """Its address answers no more."""
    with context.writing() as (session, now):
        revoke_feed(session, context.person, feed, now)


# ── Reading one ──────────────────────────────────────────────────────────────────────────────────────────────────────


class HourlyLimit:
    """Counts by key, in this process, and says when a key has to wait for the rest of its hour."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._counts: TTLCache[object, list[int]] = TTLCache(10_000, _HOUR)

    def count(self, key: object) -> None:
        with self._lock:
            self._counts.setdefault(key, [0])[0] += 1

    def is_reached(self, key: object) -> bool:
        with self._lock:
            return self._counts.get(key, [0])[0] >= self._most


def calendar_feed(
    engine: Callable[[], Engine], product: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Callable[[Request], Awaitable[Response]]:
    """The route of a feed's secret address, without sign-in. `product`: https://name:port, for links in the file."""
    readings, wrong = HourlyLimit(_READINGS), HourlyLimit(_WRONG)

    def read(request: Request) -> Response:
        client = request.client.host if request.client else ""
        with reading(engine()) as session:
            now = present(session, clock())
            feed = find_feed(session, request.path_params["secret"], now)
            if feed is None:  # who has a right address never waits for strangers behind the same proxy
                if wrong.is_reached(client):
                    return _later()
                wrong.count(client)
                return PlainTextResponse("There is no calendar at this address (any more).", 404)
            if readings.is_reached(feed.id):
                return _later()
            readings.count(feed.id)
            answer = _answer(session, feed, product, request.headers.get("if-none-match", ""), now)
        if feed.is_touch_due(now):
            with deriving(engine()) as writing:
                touch(writing, feed.id, now)
        return answer

    async def route(request: Request) -> Response:
        return await run_in_threadpool(read, request)

    return route


def _answer(session: Session, feed: ActiveFeed, product: str, known_tag: str, now: datetime) -> Response:
    """The file; or that it is unchanged, without making it: it follows from what the tag is made of."""
    tag = _tag(feed, product, last_fact(session), calendar_of(session).day_of(now))
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in (part.strip().removeprefix("W/") for part in known_tag.split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    t = Language(feed.language, calendar_of(session).zone)
    body = _file(session, t, feed, product, now)
    return Response(body, media_type=MEDIA_TYPE, headers={**headers, "content-language": t.code})


def _tag(feed: ActiveFeed, product: str, fact: datetime, today: date) -> str:
    person = feed.person
    rights = [sorted(part) for part in (person.roles, person.teams, person.audits, person.only or ())]
    parts = (_VERSION, feed.id, feed.team, feed.language, product, person.name, rights, fact.isoformat(), today)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _file(session: Session, t: Language, feed: ActiveFeed, product: str, now: datetime) -> bytes:
    today, entries = current_entries(session, feed.person, now)
    entries = entries_of(entries, feed.person, feed.team)
    known = shared_definitions.definitions(session, feed.person)
    scope = shared_definitions.scope(session, feed.person, today)
    titles = EntryTitles(product, known.requirements, scope, known.teams)
    whose = titles.team(t, feed.team) if feed.team else feed.person.name
    return calendar_file(t, titles, t("Aantoonbaar: {whose}", whose=whose), entries, last_fact(session))


def _later() -> Response:
    return PlainTextResponse("This calendar was read too often; try again later.", 429, {"retry-after": str(_HOUR)})
