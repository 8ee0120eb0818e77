"""Lines of totals, which spreadsheets have at the end of a table and which are no row of it."""

import re

from evidence.formats.headings import clean, plain
from evidence.formats.table_head import SHEET
from evidence.formats.values import Result

_TOTAL = frozenset(("totaal", "totalen", "eindtotaal", "subtotaal", "total", "totals", "grand total", "subtotal"))
_AMOUNT = re.compile(r"[\d., %-]*\d[\d., %-]*")
_DATE = re.compile(r"\d+-\d+-\d+")


def is_total(result: Result) -> bool:
    """Whether a row says `total` first and holds nothing but amounts beside that: whatever else it holds is judged."""
    filled = [value for name, cell in result.properties if name != SHEET and (value := clean(cell))]
    if not filled or plain(filled[0]).strip(":") not in _TOTAL:
        return False
    return all(_AMOUNT.fullmatch(value) and not _DATE.search(value) for value in filled[1:])
