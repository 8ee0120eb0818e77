"""Days as people say them, with the exact day at hand."""

from datetime import date

from controls.files.durations import parse
from locales import Language


def until(t: Language, day: date, today: date) -> str:
    """Lapses in 12 days, on 4 March 2027. `day` is the first day on which it is no longer valid."""
    left = (day - today).days
    if left <= 0:
        return ago(t, day, today)
    return t.n("expires tomorrow, on {day}", "expires in {n} days, on {day}", left, day=day)


def ago(t: Language, day: date, today: date) -> str:
    """Lapsed 12 days ago, on 2 October."""
    past = (today - day).days
    if past <= 0:
        return t("expires today, on {day}", day=day)
    return t.n("expired yesterday, on {day}", "expired {n} days ago, on {day}", past, day=day)


def since(t: Language, day: date, today: date) -> str:
    """For 52 days, since 2 October 2026."""
    past = (today - day).days
    if past <= 0:
        return t("since today, {day}", day=day)
    return t.n("since yesterday, {day}", "for {n} days, since {day}", past, day=day)


def due(t: Language, day: date, today: date) -> str:
    """How far off a day is."""
    left = (day - today).days
    if left == 0:
        return t("today")
    if left < 0:
        return t.n("yesterday", "{n} days ago", -left)
    return t.n("tomorrow", "in {n} days", left)


def between(t: Language, first: date, last: date) -> str:
    """One day, or a period."""
    return t.date(first) if first == last else t("{first} to {last}", first=first, last=last)


def renewal(t: Language, duration: str) -> str:
    """An ISO 8601 duration as people say it: every 30 days."""
    if not duration:
        return t("until the end date in its content")
    months, days = parse(duration)
    if days and months:
        return t("every {months} months and {days} days", months=months, days=days)
    if days:
        return t.n("every day", "every {n} days", days)
    if months % 12 == 0:
        return t.n("every year", "every {n} years", months // 12)
    return t.n("every month", "every {n} months", months)
