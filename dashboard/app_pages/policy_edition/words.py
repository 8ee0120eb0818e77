"""What a policy says in words, beside its fields: what changed, and all of it; and its file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from dashboard.shell.html import Html, fold, html, join, section, set_apart
from evidence.judging.own_policies import differences
from evidence.judging.own_policies.differences import Change, ChangedSentence
from evidence.judging.policies import titles_of_policies
from evidence.judging.policy import Policy
from locales import Language

_LINES: Final = 460  # pixels that the file is high


def difference(t: Language, before: Policy[Any], made: Policy[Any]) -> Html:
    """What the new edition says otherwise than the one before."""
    changes = differences.difference(t, before, made)
    count = t.n("{n} sentence", "{n} sentences", len(changes)) if changes else ""
    title = section(t("In words: what changes"), count)
    if not changes:
        return join([title, html("<p>{words}</p>", words=t("Nothing yet: it says the same."))])
    return join([title, changed(t, changes, column_titles(t, made))])


def column_titles(t: Language, policy: Policy[Any]) -> dict[str, str]:
    """The titles of the columns of a policy's table, by key; sentences name the keys."""
    return titles_of_policies(t) | {key: t.render(title) for key, title in policy.titles_of_columns().items()}


def changed(t: Language, changes: Sequence[ChangedSentence], titles: Mapping[str, str]) -> Html:
    """Sentences that went and came, each marked by a sign and a word, not by colour alone."""
    return html('<ul class="plain sentences">{lines}</ul>', lines=join(_line(t, each, titles) for each in changes))


def _line(t: Language, changed: ChangedSentence, titles: Mapping[str, str]) -> Html:
    gone = changed.change is Change.REMOVED
    label = t("no longer") if gone else t("now")
    template = "<li class='gone'><small>{label}</small> <del>{words}</del></li>"
    if not gone:
        template = "<li class='came'><small>{label}</small> <ins>{words}</ins></li>"
    return html(template, label=label, words=set_apart(changed.sentence, titles))


def all_sentences(t: Language, made: Policy[Any]) -> Html:
    """All that the policy says, folded."""
    titles = column_titles(t, made)
    lines = join(html("<li>{words}</li>", words=set_apart(line, titles)) for line in differences.sentences(t, made))
    return fold(t("All that this edition says"), html('<ul class="plain small">{lines}</ul>', lines=lines))


def file(t: Language, content: str, key: str) -> str:
    """Draw the file as text; return it as typed."""
    return st.text_area(
        t("The policy's file"),
        value=content,
        height=_LINES,
        help=t("YAML, as in the policies that came along. What is wrong is shown with its line and what was expected."),
        key=key,
    )
