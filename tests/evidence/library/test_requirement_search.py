"""The search for evidence requirements on the product's own statement: numbers, words and terms in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from access.permissions import BUILT_IN, NotAllowed
from controls.load import load
from evidence.library.requirement_search import same_terms, search_requirements
from models.transaction import make_engine, reading, writing
from tests.days import CALENDAR
from tests.evidence.office import NOBODY


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with all that the product itself defines."""
    path = tmp_path_factory.mktemp("whole") / "search.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{path}", CALENDAR)
    with writing(engine) as (session, now):
        load(session, BUILT_IN, now)
    yield engine
    engine.dispose()


def found(engine: Engine, query: str) -> list[str]:
    with reading(engine) as session:
        return search_requirements(session, BUILT_IN, query)


@pytest.mark.parametrize(
    ("query", "requirement"),
    [
        ("A.5.1", "security-policy"),
        ("5.1", "security-policy"),
        ("8.24", "tls-scan"),
        ("A.8.24", "encryption-at-rest"),
        ("iso27001-2022:A.8.24", "tls-scan"),
        ("VOG", "screening-overview"),
        ("certificate of conduct", "screening-overview"),
        ("tweede factor", "second-factor-coverage"),
        ("second factor", "second-factor-coverage"),
        ("2FA", "second-factor-coverage"),
        ("MFA", "second-factor-coverage"),
        ("testssl", "tls-scan"),
        ("nmap", "management-port-scan"),
        ("decided_by", "access-review"),
        ("pentest", "penetration-test"),
        ("penetratietest", "penetration-test"),
        ("directiebeoordeling", "management-review-minutes"),
        ("management review minutes", "management-review-minutes"),
        ("leverancier", "supplier-service-review"),
        ("SUPPLIER", "supplier-service-review"),
        ("back-up", "backup-coverage"),
        ("reservekopie", "backup-coverage"),
        ("tls-scan", "tls-scan"),
        ("  toegangsbeleid ", "access-policy"),
    ],
)
def test_query_in_either_language_finds_what_is_meant(whole: Engine, query: str, requirement: str) -> None:
    assert requirement in found(whole, query)[:8]


def test_number_finds_no_longer_number(whole: Engine) -> None:
    with_one, with_ten = found(whole, "A.5.1"), found(whole, "A.5.10")
    assert with_ten
    assert not set(with_one) & set(with_ten)


def test_every_word_must_be_found(whole: Engine) -> None:
    assert found(whole, "management zzz") == []
    assert found(whole, "zzz") == []


def test_title_comes_before_other_words(whole: Engine) -> None:
    assert found(whole, "penetratietest")[0] == "penetration-test"


def test_empty_query_finds_all(whole: Engine) -> None:
    assert len(found(whole, " ")) == len(set(found(whole, ""))) > 100


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_query_is_answered(whole: Engine, query: str) -> None:
    answer = found(whole, query)
    assert len(answer) == len(set(answer))


def test_each_term_for_the_same_finds_what_another_finds(whole: Engine) -> None:
    for group in same_terms():
        answers = {frozenset(found(whole, term)) for term in group}
        assert all(answers), group
        assert len(answers) == 1, group


def test_permission_comes_first(whole: Engine) -> None:
    with reading(whole) as session, pytest.raises(NotAllowed):
        search_requirements(session, NOBODY, "tls")
