"""Severities on a common scale, read from a tool's own word or score.

The scale is that of `Severity` in `models/vocabulary.py`. Scores are those of CVSS, 0 to 10, in the bands of its
specification (https://www.first.org/cvss/v3.1/specification-document, section 5).
"""

CRITICAL, HIGH, MEDIUM, LOW, INFO, UNKNOWN = RATINGS = ("critical", "high", "medium", "low", "info", "unknown")

_WORDS = {
    **{rating: rating for rating in RATINGS},
    **dict.fromkeys(("crit", "blocker", "severe", "urgent"), CRITICAL),
    **dict.fromkeys(("important", "major", "error"), HIGH),
    **dict.fromkeys(("moderate", "med", "warning", "warn"), MEDIUM),
    **dict.fromkeys(("minor", "note", "negligible"), LOW),
    **dict.fromkeys(("informational", "information", "informative", "none", "log", "debug"), INFO),
}
_BANDS = ((9.0, CRITICAL), (7.0, HIGH), (4.0, MEDIUM), (0.1, LOW))
_HIGHEST = 10.0


def by_word(severity: str) -> str:
    """The rating of a tool's word; unknown for others."""
    return _WORDS.get(severity.strip().lower(), UNKNOWN)


def by_score(score: object) -> str:
    """The rating of a CVSS score, a number or its text; unknown for anything else."""
    try:
        value = float(str(score))
    except ValueError:
        return UNKNOWN
    if not 0 <= value <= _HIGHEST:
        return UNKNOWN
    return next((rating for least, rating in _BANDS if value >= least), INFO)
