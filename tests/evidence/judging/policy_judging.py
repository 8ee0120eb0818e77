"""Judges a file by a policy, as intake does."""

import io
from datetime import date

from evidence.formats import formats, read_file, recognise
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.policies import policies, register_headings
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR

DAY = date(2026, 11, 22)


def judged(policy, content, **context):
    """The levels of the results, the verdicts, and the judge."""
    content = content if isinstance(content, bytes) else content.encode()
    file_format = recognise(content[:65_536]) or formats()["csv"]
    run, results = read_file(file_format, io.BytesIO(content), best_match(register_headings().values()))
    judge = policies()[policy].judge(run, JudgeContext(**{"as_of": DAY, "calendar": CALENDAR, **context}))
    levels = [(result.check, judge.add_result(result)) for result in results]
    return levels, judge.verdicts(), judge


def failing(verdict):
    return [check for check, _ in verdict.failing]
