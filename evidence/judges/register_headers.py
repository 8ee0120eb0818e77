"""The header of a register: which column is which, and what may not be there at all."""

import json
import re

from evidence.formats.values import Run
from evidence.judge import DoesNotFit
from evidence.judges.register_rules import Rules
from evidence.judges.register_values import plain
from locales import Text, text

_PERSONAL = re.compile(
    r"\b(bsn|burgerservicenummer|geboortedatum|birth date|date of birth|naam|voornaam|achternaam|name|e ?mail"
    r"|e ?mailadres|telefoon|phone|adres|address|iban|diagnose)\b"
)
ONLY_REFERENCES = text("only references; the names stay with their owner")


def columns_of(rules: Rules, run: Run) -> dict[str, str]:
    """Header → the column's key, of a file that was judged before. Raises `DoesNotFit`."""
    return named(rules, json.loads(run.facts.get("columns", "[]")), [])


def named(rules: Rules, headers: list[str], warnings: list[Text]) -> dict[str, str]:
    """Header → the column's key. Raises `DoesNotFit`."""
    known = {plain(name): column.key for column in rules.columns for name in (column.key, *column.nl, *column.en)}
    found: dict[str, str] = {}
    for header in headers:
        key = known.get(plain(header))
        if key is None:
            _unknown(header, warnings)
        elif key in found.values():
            raise DoesNotFit(text("Two columns are {column}; expected one.", column=key))
        else:
            found[header] = key
    missing = [column for column in rules.columns if column.required is not False and column.key not in found.values()]
    if missing:
        names = ", ".join(f"{one.key} ({one.nl[0]}, {one.en[0]})" for one in missing)
        raise DoesNotFit(text("This register lacks the columns {names}.", names=names))
    return found


def _unknown(header: str, warnings: list[Text]) -> None:
    if _PERSONAL.search(plain(header)):
        raise DoesNotFit(
            text(
                "The column {column} holds personal data, which is not taken in as evidence; expected {expected}.",
                column=header,
                expected=ONLY_REFERENCES,
            )
        )
    if header:
        warnings.append(text("The column {column} is not known and is left out.", column=header))
