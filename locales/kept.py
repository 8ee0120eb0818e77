"""Texts in the tables: kept with their values, so that each reader gets them in their own language."""

import datetime as dt
import json
from typing import Any

from locales import Text, Title

_DAY, _MOMENT, _TEXT, _TITLE = "day", "moment", "text", "title"


def keep(message: Text | str | None) -> str:
    """The form in which a text stands in a table; plain strings (names) stay as they are."""
    if isinstance(message, Text):
        return json.dumps(_plain(message), ensure_ascii=False)
    return message or ""


def read(kept: str) -> Text | None:
    """The text that was kept; what was kept as a plain string is a text without a translation."""
    if not kept:
        return None
    if not kept.startswith(f'{{"{_TEXT}": '):
        return Text("{kept}", {"kept": kept})
    message = _value(json.loads(kept))
    return message if isinstance(message, Text) else None


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        values = {name: _plain(inner) for name, inner in value.values.items()}
        return {_TEXT: value.message, "values": values, "plural": value.plural}
    if isinstance(value, Title):
        return {_TITLE: {"nl": value.nl, "en": value.en}}
    if isinstance(value, dt.datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, dt.date):
        return {_DAY: value.isoformat()}
    return value if isinstance(value, str | int | float) else str(value)


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if _DAY in value:
        return dt.date.fromisoformat(value[_DAY])
    if _MOMENT in value:
        return dt.datetime.fromisoformat(value[_MOMENT])
    if _TITLE in value:
        return Title(**value[_TITLE])
    return Text(value[_TEXT], {name: _value(inner) for name, inner in value["values"].items()}, value["plural"])
