"""The past runs that an edition would have judged otherwise."""

from typing import Final

from dashboard.shell.html import Html, address, html, join, link, note, table
from dashboard.shell.title_lookup import TitleLookup
from evidence.intake.judged_again.policy_preview import OtherVerdict, Preview
from evidence.judging.words import check_name
from evidence.library.evidence_titles import evidence_title
from locales import Language, Text, text
from models.vocabulary import Verdict

_MOST: Final = 50  # rows
_NAMED: Final = 3  # failing checks of a row
VERDICTS: Final[dict[str, Text]] = {
    Verdict.PASS: text("Good"),
    Verdict.FAIL: text("Fails"),
    Verdict.NONE: text("No verdict"),
}


def outcome(t: Language, titles: TitleLookup, found: Preview) -> Html:
    """One sentence, the runs with another verdict, and what was left out."""
    return join([_sentence(t, found), _table(t, titles, found), _rest(t, found)])


def _sentence(t: Language, found: Preview) -> Html:
    judged = t.n("{n} past run was read", "{n} past runs were read", found.judged)
    if not found.changed:
        return note(
            "demonstrated", t("{judged}; none would have been judged otherwise.", judged=judged), "check_circle"
        )
    softer = sum(other.after == Verdict.PASS for other in found.changed)
    words = t.n(
        "{judged}; {n} verdict would have been another, {softer} of them good.",
        "{judged}; {n} verdicts would have been others, {softer} of them good.",
        len(found.changed),
        judged=judged,
        softer=softer,
    )
    return note("in-review", words, "compare_arrows")


def _table(t: Language, titles: TitleLookup, found: Preview) -> Html:
    if not found.changed:
        return Html("")
    heads = [t("Day"), t("Evidence"), t("For"), t("Was"), t("Would be")]
    return table(heads, (_row(t, titles, other) for other in found.changed[:_MOST]), "preview")


def _row(t: Language, titles: TitleLookup, other: OtherVerdict) -> list[object]:
    row = titles.requirements.get(other.requirement)
    place = " · ".join(part for part in (titles.system(t, other.system) if other.system else "", other.target) if part)
    named = ", ".join(check_name(t, name) for name in other.failing[:_NAMED])
    named += " …" if len(other.failing) > _NAMED else ""
    return [
        t.date(other.run.day),
        link(address("evidence-item", id=other.run.evidence), evidence_title(t, other.run)),
        html(
            '{title}<small class="block">{place}</small>', title=t.title(row) if row else other.requirement, place=place
        ),
        t.render(VERDICTS[other.before]),
        html(
            '<b>{verdict}</b><small class="block">{named}</small>', verdict=t.render(VERDICTS[other.after]), named=named
        ),
    ]


def _rest(t: Language, found: Preview) -> Html:
    """What is not shown: more rows, runs that were not read, and those that can't be judged now."""
    lines = []
    if (more := len(found.changed) - _MOST) > 0:
        lines.append(t.n("{n} more is not shown.", "{n} more are not shown.", more))
    if found.left_out:
        lines.append(
            t.n("{n} older or larger run was not read.", "{n} older or larger runs were not read.", found.left_out)
        )
    lines += [f"{evidence_title(t, run)}: {t.render(why)}" for run, why in found.not_judged[:_MOST]]
    return join(html('<p class="caption">{line}</p>', line=line) for line in lines)
