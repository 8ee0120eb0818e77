"""What requests for the results of evidence, and for their comparison, may ask."""

from typing import Annotated

from pydantic import Field

from api.request_context import Plain, RequestModel
from evidence.library import evidence_items
from evidence.library.run_comparison import Change


class ResultSearch(RequestModel):
    """Filters of results; an empty one is ignored."""

    outcome: Plain = ""
    level: Plain = ""
    target: Plain = ""
    text: Annotated[Plain, Field(max_length=200)] = ""
    failing: bool = False
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 100


class ComparisonSearch(RequestModel):
    """Which changes are listed; an empty one is ignored."""

    change: Change | None = None
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 200
