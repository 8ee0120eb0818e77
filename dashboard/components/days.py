"""Days in words, with the exact date."""

from datetime import date

from locales import Language
from models.durations import parse


def until(t: Language, day: date, today: date) -> str:
    """Such as "expires in 12 days, on 4 March 2027". `day`: the first day on which it is no longer valid."""
    left = (day - today).days
    if left <= 0:
        return ago(t, day, today)
    return t.n("expires tomorrow, on {day}", "expires in {n} days, on {day}", left, day=day)


def ago(t: Language, day: date, today: date) -> str:
    """Such as "expired 12 days ago, on 2 October 2026"."""
    past = (today - day).days
    if past <= 0:
        return t("expires today, on {day}", day=day)
    return t.n("expired yesterday, on {day}", "expired {n} days ago, on {day}", past, day=day)


def since(t: Language, day: date, today: date) -> str:
    """Such as "for 52 days, since 2 October 2026"."""
    past = (today - day).days
    if past <= 0:
        return t("since today, {day}", day=day)
    return t.n("since yesterday, {day}", "for {n} days, since {day}", past, day=day)


def due(t: Language, day: date, today: date) -> str:
    """How far off a day is: "in 12 days"."""
    left = (day - today).days
    if left == 0:
        return t("today")
    if left < 0:
        return t.n("yesterday", "{n} days ago", -left)
    return t.n("tomorrow", "in {n} days", left)


def short(t: Language, day: date) -> str:
    """A day in few signs, with its year: 4 Mar 2027."""
    return f"{t.short_date(day)} {day.year}"


def between(t: Language, first: date, last: date) -> str:
    """One date, or a period."""
    return t.date(first) if first == last else t("{first} to {last}", first=first, last=last)


def renewal(t: Language, duration: str) -> str:
    """An ISO 8601 duration in words: "every 30 days"; empty: until a date in the content."""
    if not duration:
        return t("until the end date in its content")
    months, days = parse(duration)
    if days and months:
        return t(
            "every {months} and {days}",
            months=t.n("{n} month", "{n} months", months),
            days=t.n("{n} day", "{n} days", days),
        )
    if days:
        return t.n("every day", "every {n} days", days)
    if months % 12 == 0:
        return t.n("every year", "every {n} years", months // 12)
    return t.n("every month", "every {n} months", months)
