"""Which of our languages a client asks for (Accept-Language, RFC 9110, 12.5.4)."""

import re

from locales import LANGUAGES, Language

_PREFERENCE = re.compile(r"\s*([a-zA-Z]{2})[^,;]*(?:;\s*q=([\d.]{1,5}))?")


def preferred(accepted: str) -> Language:
    """Dutch or English, whichever the client prefers; English if neither."""
    best, code = 0.0, "en"
    for part in accepted[:200].split(","):
        match = _PREFERENCE.match(part)
        if match and match[1].lower() in LANGUAGES:
            weight = _weight(match[2])
            if weight > best:
                best, code = weight, match[1].lower()
    return Language(code)


def _weight(given: str | None) -> float:
    try:
        return float(given) if given else 1.0
    except ValueError:
        return 0.0
