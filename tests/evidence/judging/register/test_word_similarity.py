"""How alike headings and words are, in Dutch and English, with typing errors and compounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.word_similarity import likeness

WORDS = st.lists(
    st.sampled_from(
        [
            "besluit",
            "datum",
            "door",
            "niet",
            "systeem",
            "rol",
            "Einddatum",
            "contract",
            "reden",
            "the",
            "op",
            "beslist_door",
            "LastLogin",
            "x9",
        ]
    ),  # noqa: SIM905
    max_size=4,
).map(" ".join)


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Datum besluit", "beslist op"),
        ("Besluitdatum", "decided on"),
        ("Wie heeft beslist", "decided by"),
        ("Pers.nr", "persoon"),
        ("LastLogon", "last used"),
        ("Einddatum contract", "agreement ends"),
        ("getekend d.d.", "ondertekend op"),
        ("Prioriteit", "ernst"),
        ("Laten staan", "behouden"),
        ("behoudn", "behouden"),
        ("Aan wie", "ontvanger"),
        ("Zou moeten", "verwacht"),
        ("Geldig t/m", "geldig tot"),
        ("Nawerking j/n", "geldt na afloop"),
        ("RvA?", "geaccrediteerd"),
        ("Pashouder", "persoon"),
        ("2e factor", "tweede factor"),
        ("Custom field (Root cause)", "cause"),
        ("MFA enforced [READ ONLY]", "2FA enforced"),
        ("Last working day", "leaves on"),
        ("Go-live date", "in use since"),
    ],
)
def test_what_means_the_same_is_alike(heading, name):
    assert likeness(heading, name) >= 0.75


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Kleur", "besluit"),
        ("niet behouden", "behouden"),
        ("Besluitnummer", "beslist door"),
        ("Volgende controle", "beoordeeld op"),
        ("Einddatum contract", "vorige overeenkomst geëindigd op"),
        ("VWO getekend", "eerste overeenkomst ondertekend op"),
        ("Datum", "beslist op"),
        ("", "besluit"),
        ("Started on", "access from"),
        ("Last activity date", "first processing"),
        ("Next review", "reviewed on"),
        ("Modified", "carried out on"),
        ("IP", "cliënt"),
        ("Failure reason", "gap_reason"),
        ("End Time", "leaves on"),
    ],
)
def test_what_means_something_else_is_not(heading, name):
    assert likeness(heading, name) < 0.6


@given(WORDS, WORDS)
def test_it_is_a_share_and_the_same_both_ways(first, second):
    found = likeness(first, second)
    assert 0 <= found <= 1
    assert found == pytest.approx(likeness(second, first))


@given(WORDS.filter(str.strip))
def test_nothing_is_liker_than_itself(heading):
    assert likeness(heading, heading) == 1
    assert likeness(heading, heading.upper().replace(" ", "_")) >= 0
