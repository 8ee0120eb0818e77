"""Logs that a page opened evidence, or one of its files."""

import logging

from dashboard.shell.page_context import PageContext
from evidence.library import evidence_items
from evidence.library.evidence_items import FileRow
from models.cannot_write import CannotWrite
from models.transaction import writing
from settings import engine


def log_opening(context: PageContext, key: str, file: FileRow | None = None) -> None:
    """Log it once a day; if nothing can be written, reading goes on."""
    if evidence_items.is_opened_today(context.session, context.person, key, context.present.now, file):
        return
    try:
        with writing(engine(), visit=True) as (session, now):  # it changes no answer about readiness
            evidence_items.log_opening(session, context.person, key, now, file)
    except CannotWrite:
        logging.getLogger(__name__).warning(
            "%s opened evidence %s, which could not be logged", context.person.name, key
        )
