"""Words that the steps of the page share: its path, its steps, titles of measures, and counts of decisions."""

from controls.statement.drafts import Draft
from controls.statement.known_measures import read_lexicon
from dashboard.components.steps import steps
from dashboard.shell.html import Html, crumbs, link
from locales import Language
from models.vocabulary import SentenceDecision

LANGUAGES = {"nl": "Nederlands", "en": "English"}
_DECIDE = 2  # the step


def way(t: Language) -> Html:
    """The path to the page."""
    return crumbs(link("/statement", t("Statement")), t("Start from a text"))


def progress_bar(t: Language, current: int, undecided: int = 0) -> Html:
    """The three steps of the page. `undecided`: sentences without a decision, for which the second step has no tick."""
    return steps([t("The text"), t("Decide"), t("Publish")], current, {_DECIDE} if undecided else ())


def measure_titles(t: Language, made: Draft) -> dict[str, str]:
    """Titles of the known measures and of the draft's own by key, in alphabetical order."""
    named = {value.key: str(getattr(value.entry.title, t.code)) for value in read_lexicon(made.language).measures}
    named |= {
        own.key: own.title if t.code == made.language else own.other_title or own.title for own in made.own_measures
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1].lower()))


def progress(t: Language, made: Draft) -> str:
    """How many sentences were confirmed, left out and not decided."""
    counts = made.decisions
    return t(
        "{confirmed} confirmed, {dropped} left out, {open} undecided.",
        confirmed=counts[SentenceDecision.CONFIRMED],
        dropped=counts[SentenceDecision.LEFT_OUT],
        open=counts[SentenceDecision.UNDECIDED],
    )
