"""A test run as JUnit XML, as pytest writes it."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr


def report(suite: str, at: datetime, cases: Sequence[str], fails: Iterable[str] = ()) -> bytes:
    """Write a run at a moment; `fails`: the names of the failed cases."""
    rng, failing = random.Random(f"{suite} {at:%Y-%m-%d}"), set(fails)  # noqa: S311 - how long a test took
    body, total = [], 0.0
    for case in cases:
        took = rng.randrange(40, 900) / 1000
        total += took
        body.append(_case(suite, case, took, failing=case in failing))
    number = len(failing & set(cases))
    head = (
        f'<testsuite name={quoteattr(suite)} errors="0" failures="{number}" skipped="0" tests="{len(cases)}" '
        f'time="{total:.3f}" timestamp="{at.isoformat(timespec="seconds")}" hostname="build-4">'
    )
    return "\n".join(
        ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites>{head}", *body, "</testsuite></testsuites>", ""]
    ).encode()


def _case(suite: str, case: str, took: float, *, failing: bool) -> str:
    open_tag = f'<testcase classname={quoteattr(f"tests.{suite}")} name={quoteattr(case)} time="{took:.3f}"'
    if not failing:
        return f"{open_tag} />"
    why = escape("assert response.status_code == 403\nE   assert 200 == 403")
    return f'{open_tag}><failure message="AssertionError: assert 200 == 403">{why}</failure></testcase>'
