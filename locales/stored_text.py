"""Texts in tables: stored with their values, so that each reader gets them in their own language."""

import datetime as dt
import json
from typing import Any

from locales import Text, Title

_DAY, _MOMENT, _TEXT, _TITLE = "day", "moment", "text", "title"


def to_stored(message: Text | str | None) -> str:
    """Return a text as JSON for a table; plain strings (names) are unchanged, None is empty."""
    if isinstance(message, Text):
        return json.dumps(_to_json(message), ensure_ascii=False)
    return message or ""


def from_stored(stored: str) -> Text | None:
    """Return a stored text; None for an empty string. A plain string becomes a text without translation."""
    if not stored:
        return None
    if not stored.startswith(f'{{"{_TEXT}": '):
        return Text("{stored}", {"stored": stored})
    message = _from_json(json.loads(stored))
    return message if isinstance(message, Text) else None


def _to_json(value: Any) -> Any:
    if isinstance(value, Text):
        values = {name: _to_json(inner) for name, inner in value.values.items()}
        return {_TEXT: value.message, "values": values, "plural": value.plural}
    if isinstance(value, Title):
        return {_TITLE: {"nl": value.nl, "en": value.en}}
    if isinstance(value, dt.datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, dt.date):
        return {_DAY: value.isoformat()}
    return value if isinstance(value, str | int | float) else str(value)


def _from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if _DAY in value:
        return dt.date.fromisoformat(value[_DAY])
    if _MOMENT in value:
        return dt.datetime.fromisoformat(value[_MOMENT])
    if _TITLE in value:
        return Title(**value[_TITLE])
    return Text(value[_TEXT], {name: _from_json(inner) for name, inner in value["values"].items()}, value["plural"])
