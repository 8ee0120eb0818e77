"""Fields found in the shapes of all kinds, their sentences, and policies rebuilt from random values of them."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controls.files.yaml_source import Day, Flag, Given, Whole, one_of
from evidence.judging.own_policies.differences import Change, difference
from evidence.judging.own_policies.edition_start import field_sentences
from evidence.judging.own_policies.edition_text import checked_edition, in_yaml, typed
from evidence.judging.own_policies.form_fields import FieldKind, FormField, changed, form_fields
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.policy_file import PolicyFile
from locales import LANGUAGES, Language

KEYS = sorted(policies())


class Shares(PolicyFile):
    """A kind that no module of ours knows."""

    judges: Literal["shares"]
    most: dict[Annotated[str, one_of(("high", "low"))], Whole]
    terms: dict[Annotated[str, one_of(("high", "low"))], Whole] | None = None
    share: Whole | None = None
    strict: Flag = False
    since: Day
    never: list[Given]


class SharesPolicy(Policy[Shares]):
    """Its policy."""

    judges = "shares"
    shape = Shares


def fields_of(key: str) -> list[FormField]:
    return form_fields(type(policies()[key]), policies()[key].values)


def test_a_new_field_of_a_kind_comes_by_itself() -> None:
    values = {"title": {"nl": "T", "en": "T"}, "most": {"high": "2"}, "since": "2027-01-01", "never": ["a"]}
    found = {field.where: field for field in form_fields(SharesPolicy, values)}
    assert [(where[-1], field.kind.value, field.value) for where, field in found.items()] == [
        ("nl", "text", "T"),
        ("en", "text", "T"),
        ("most", "numbers", {"high": "2"}),
        ("terms", "numbers", None),
        ("share", "number", None),
        ("strict", "yes or no", None),
        ("since", "day", "2027-01-01"),
        ("never", "texts", ["a"]),
    ]
    assert found["terms",].options == ("high", "low") and found["terms",].optional
    assert not found["most",].optional


@pytest.mark.parametrize("key", KEYS)
def test_unchanged_fields_give_the_same_policy(key: str) -> None:
    policy = policies()[key]
    same = changed(policy.values, {field.where: field.value for field in fields_of(key)})
    made = checked_edition(policy, "own-x", 1, typed(same))
    for t in map(Language, LANGUAGES):
        assert difference(t, policy, made) == []
    assert made.id == "own-x@1" and made.formats == policy.formats
    assert type(made) is type(policy)


@pytest.mark.parametrize("key", KEYS)
def test_every_number_is_said_in_a_sentence(key: str) -> None:
    policy = policies()[key]
    said = field_sentences(Language("en"), policy)
    for field in fields_of(key):
        if field.kind is FieldKind.NUMBER and field.value is not None:
            assert said.get(field.where), field.where


def test_a_changed_number_is_told_before_and_after() -> None:
    policy = policies()["patch-register"]
    where = next(field.where for field in fields_of("patch-register") if field.where[-1] == "days")
    made = checked_edition(policy, "own-x", 1, typed(changed(policy.values, {where: "3"})))
    gone, came = difference(Language("en"), policy, made)
    assert (gone.change, came.change) == (Change.REMOVED, Change.ADDED)
    assert "within 7 days" in gone.sentence and "within 3 days" in came.sentence


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C", "Z")), min_size=1)


@st.composite
def other_values(draw: st.DrawFn) -> tuple[str, dict[Any, Any]]:
    key = draw(st.sampled_from(["vulnerability-scan", "tls-ncsc-nl@2025-05", "https-by-default", "patch-register"]))
    of_kind: dict[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.NUMBER: st.integers(0, 100).map(str),
        FieldKind.YES_NO: st.sampled_from(["true", "false"]),
        FieldKind.TEXT: WORDS,
    }
    chosen = draw(st.lists(st.sampled_from(fields_of(key)), max_size=5, unique_by=lambda field: field.where))
    return key, {field.where: draw(of_kind[field.kind]) for field in chosen if field.kind in of_kind}


@settings(max_examples=30, deadline=None)
@given(other_values())
def test_what_a_form_gives_is_what_the_edition_says(drawn: tuple[str, dict[Any, Any]]) -> None:
    key, values = drawn
    policy = policies()[key]
    made = checked_edition(policy, "own-x", 3, typed(changed(policy.values, values)))
    for where, value in values.items():
        group: Any = made.values
        for part in where:
            group = group[part]
        assert group == value
    assert checked_edition(policy, "own-x", 3, in_yaml(made.values)).sha256 == made.sha256
