"""Which of our languages a client asks for (Accept-Language, RFC 9110, 12.5.4)."""

import re
from datetime import tzinfo

from babel import negotiate_locale

from locales import LANGUAGES, Language

_PREFERENCE = re.compile(r"\s*([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8})*)\s*(?:;\s*q=([\d.]{1,5}))?")
_LONGEST = 200  # characters of a header that are read


def preferred(accepted: str, zone: tzinfo | None = None) -> Language:
    """Dutch or English, whichever the client prefers; English if neither. `zone`: in which moments are written."""
    wanted = sorted(_weighted(accepted[:_LONGEST]), key=lambda tag: -tag[1])
    names = [name for name, weight in wanted if weight > 0]
    return Language(negotiate_locale(names, LANGUAGES, sep="-") or "en", zone)


def _weighted(accepted: str) -> list[tuple[str, float]]:
    """Each language tag with its weight, in the order of the header."""
    matches = filter(None, map(_PREFERENCE.match, accepted.split(",")))
    return [(match[1].lower(), _weight(match[2])) for match in matches]


def _weight(written: str | None) -> float:
    try:
        return float(written) if written else 1.0
    except ValueError:
        return 0.0
