"""Each measure of the included statement is demonstrated with files that a small company has, at the second attempt at most."""

import ssl
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from evidence.collect.collector_context import CollectorContext
from models.bulk_changes import table
from models.transaction import reading
from tests.evidence.collect.own_checks.test_own_tls import Server, certificate
from tests.measures.company import MOST_ATTEMPTS, NOW, Company, company_of, open_company
from tests.measures.proof import Proof
from tests.measures.shown_by import COLLECTED, COMPARED_WITH, MEASURES

#: measures with registers that are compared with each other, or with those of another measure
COMPARED = ("login-logging", "role-based-access", "eura-acceptance", "datacentres", "confidentiality-duty")


@pytest.fixture(scope="session")
def own_context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CollectorContext]:
    """What the product's own collectors need: its address, with TLS."""
    folder = tmp_path_factory.mktemp("own")
    path = certificate(folder, since=NOW - timedelta(days=30))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = Server(context)
    yield CollectorContext(f"https://localhost:{server.port}", folder / "log-key.pem", authorities=path)
    server.close()


def show(company: Company, proofs: Iterable[Proof]) -> dict[str, int]:
    """Hand in and have accepted; what others are compared with came meanwhile, so judge again. The most attempts."""
    attempts: dict[str, int] = {}
    handed_in = []
    for proof in proofs:
        number, evidence = company.hand_in(proof)
        attempts[proof.requirement] = max(number, attempts.get(proof.requirement, 0))
        handed_in.append(evidence)
    for evidence in handed_in:
        company.accept(evidence)
    for evidence in handed_in:
        company.judge_what_changed(evidence)
    return attempts


def demonstrate(company: Company, measure: str, own_context: CollectorContext) -> None:
    show(company, COMPARED_WITH.get(measure, ()))
    attempts = show(company, MEASURES[measure])
    company.collect(own_context, measure)
    assert max(attempts.values()) <= MOST_ATTEMPTS, attempts
    assert company.status(measure) == ("demonstrated", ["demonstrated"])


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_is_demonstrated_at_the_second_attempt_at_most(
    company: Company, own_context: CollectorContext, measure: str
) -> None:
    assert company.status(measure)[0] == "missing"
    demonstrate(company, measure, own_context)


@pytest.mark.parametrize("measure", COMPARED)
def test_registers_that_are_compared_may_come_in_any_order(
    company: Company, own_context: CollectorContext, measure: str
) -> None:
    show(company, reversed([*COMPARED_WITH.get(measure, ()), *MEASURES[measure]]))
    company.collect(own_context, measure)
    assert company.status(measure) == ("demonstrated", ["demonstrated"])


def test_a_measure_is_demonstrated_on_postgresql(postgresql: Engine, tmp_path, own_context: CollectorContext) -> None:
    demonstrate(company_of(open_company(postgresql, tmp_path)), "role-based-access", own_context)


def test_everything_that_a_measure_requires_is_handed_in(company: Company) -> None:
    row = table("evidence_requirement")
    with reading(company.office.engine) as session:
        query = select(row.c.measure, row.c.key).where(row.c.measure.is_not(None), ~row.c.retired)
        required = {tuple(each) for each in session.execute(query)}
    shown = {(measure, proof.requirement) for measure, proofs in MEASURES.items() for proof in proofs}
    assert shown | set(COLLECTED.items()) == required
