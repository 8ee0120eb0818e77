"""The calendar of tests, unless a test is about another zone."""

from sqlalchemy import Engine

from models.calendar import Calendar

CALENDAR = Calendar.in_zone("Europe/Amsterdam")


def in_zone(engine: Engine, name: str) -> Engine:
    """An engine on the same database with another time zone."""
    return engine.execution_options(calendar=Calendar.in_zone(name))
