"""Asks a server which versions, cipher suites and groups of TLS it takes, by the answers to ClientHello messages.

Nothing is sent beyond a ClientHello, so no handshake is finished here and no flaw is tried.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from evidence.collect.connections import client_hello
from evidence.collect.connections.cipher_suites import FFDHE_GROUPS, GROUPS, KEM_GROUPS, batches, suites
from evidence.collect.connections.client_hello import SSL_3, TLS_1_2, TLS_1_3
from evidence.collect.connections.endpoint import Endpoint, connect
from evidence.collect.connections.server_hello import NotTls, ServerAnswer, first_bytes, key_exchange, read_answer

#: record ids of a scan by version; SSL 2.0 apart
VERSIONS: Final = {SSL_3: "SSLv3", 0x0301: "TLS1", 0x0302: "TLS1_1", TLS_1_2: "TLS1_2", TLS_1_3: "TLS1_3"}
_ALL_GROUPS = (*KEM_GROUPS, *GROUPS, *FFDHE_GROUPS)


@dataclass(slots=True)
class Offer:
    """What a server takes.

    `suites`: by version, in the order of its choice. `answer`: of its newest version before 1.3, None without one.
    `groups`: numbers; `primes`: of finite-field Diffie-Hellman before 1.3.
    """

    ssl_2: bool = False
    suites: dict[int, list[int]] = field(default_factory=dict)
    answer: ServerAnswer | None = None
    has_order: bool = False
    compresses: bool = False
    groups: list[int] = field(default_factory=list)
    primes: list[bytes] = field(default_factory=list)

    @property
    def suite_names(self) -> list[str]:
        """Names of all suites, each once."""
        return sorted({suites()[number] for accepted in self.suites.values() for number in accepted})

    @property
    def has_forward_secrecy(self) -> bool:
        return TLS_1_3 in self.suites or any("_DHE_" in name or "_ECDHE_" in name for name in self.suite_names)


def offer_of(endpoint: Endpoint) -> Offer:
    """Examine a server. Raises `OSError` when it does not answer (any more), `NotTls` when its answers are no TLS."""
    offer = Offer(ssl_2=_takes_ssl_2(endpoint))
    for version in VERSIONS:
        if accepted := _accepted_suites(endpoint, version):
            offer.suites[version] = accepted
    if not offer.suites:
        raise NotTls("no version of TLS is accepted")
    newest = max(offer.suites)
    older = [version for version in offer.suites if version != TLS_1_3]
    if older:
        offer.answer = ask(endpoint, max(older), offer.suites[max(older)])
        offer.compresses = _compresses(endpoint, max(older), offer.suites[max(older)])
    offer.has_order = _has_order(endpoint, newest, offer.suites[newest])
    offer.groups = sorted({*_groups_of_1_3(endpoint, offer), *_groups_of_older(endpoint, offer)})
    offer.primes = _primes(endpoint, offer)
    _require_answers_still(endpoint, newest, offer.suites[newest])
    return offer


def ask(
    endpoint: Endpoint,
    version: int,
    offered: Sequence[int],
    groups: Sequence[int] = _ALL_GROUPS,
    *,
    compresses: bool = False,
    shares_key: bool = True,
) -> ServerAnswer | None:
    """The answer of this version; None if the server refused it or wanted another version."""
    hello = client_hello.client_hello(
        endpoint.server_name, version, offered, groups, compresses=compresses, shares_key=shares_key
    )
    with connect(endpoint) as connection:
        try:
            connection.sendall(hello)
            answer = read_answer(connection)
        except ConnectionError:
            return None
    if answer is None or answer.version != version:
        return None
    if answer.suite not in offered:
        raise NotTls("it chose a cipher suite that was not offered")
    return answer


def _takes_ssl_2(endpoint: Endpoint) -> bool:
    """Whether it answers with a SERVER-HELLO of SSL 2.0 that lists a cipher."""
    with connect(endpoint) as connection:
        try:
            connection.sendall(client_hello.hello_of_ssl_2())
            head = first_bytes(connection, 11)
        except ConnectionError:
            return False
    return len(head) == 11 and head[0] >= 0x80 and head[2] == 4 and any(head[9:11])  # noqa: PLR2004 - its layout


def _accepted_suites(endpoint: Endpoint, version: int) -> list[int]:
    accepted = []
    for batch in batches(of_tls_1_3=version == TLS_1_3):
        left = list(batch)
        while left and (answer := ask(endpoint, version, left)):
            accepted.append(answer.suite)
            left.remove(answer.suite)
    return accepted


def _compresses(endpoint: Endpoint, version: int, accepted: Sequence[int]) -> bool:
    answer = ask(endpoint, version, accepted, compresses=True)
    return answer is not None and answer.compression != 0


def _has_order(endpoint: Endpoint, version: int, accepted: Sequence[int]) -> bool:
    """Whether the server, not the client, decides which suite is used."""
    chosen = [ask(endpoint, version, order) for order in (list(accepted), list(accepted)[::-1])]
    return len({answer.suite for answer in chosen if answer}) == 1


def _groups_of_1_3(endpoint: Endpoint, offer: Offer) -> Iterable[int]:
    """Groups that the server asks a key for, if none is sent."""
    if TLS_1_3 not in offer.suites:
        return
    left = list(_ALL_GROUPS)
    while left and (answer := ask(endpoint, TLS_1_3, offer.suites[TLS_1_3], left, shares_key=False)):
        if answer.group not in left:
            raise NotTls("it chose a group that was not offered")
        left.remove(answer.group)
        yield answer.group


def _groups_of_older(endpoint: Endpoint, offer: Offer) -> Iterable[int]:
    """Groups that the server signs its key in, in the newest version before 1.3."""
    version, elliptic = _of_exchange(offer, "_ECDHE_", "_ECDH_anon_")
    left = list(GROUPS)
    while elliptic and left and (answer := ask(endpoint, version, elliptic, left)):
        group = key_exchange(answer, elliptic=True).group
        if group not in left:
            return
        left.remove(group)
        yield group


def _primes(endpoint: Endpoint, offer: Offer) -> list[bytes]:
    """Primes that the server uses; with named groups on offer it may use another than without (RFC 7919)."""
    version, finite = _of_exchange(offer, "_DHE_", "_DH_anon_")
    answers = [ask(endpoint, version, finite, groups) for groups in (tuple(GROUPS), _ALL_GROUPS) if finite]
    return sorted({key_exchange(answer, elliptic=False).prime for answer in answers if answer})


def _of_exchange(offer: Offer, *fragments: str) -> tuple[int, list[int]]:
    """The newest version before 1.3, and its suites whose name has one of these fragments."""
    version = max((version for version in offer.suites if version != TLS_1_3), default=0)
    names = suites()
    return version, [
        number
        for number in offer.suites.get(version, ())
        if any(fragment in names[number] for fragment in fragments) and "_PSK_" not in names[number]
    ]


def _require_answers_still(endpoint: Endpoint, version: int, accepted: Sequence[int]) -> None:
    """Check that refusals were answers: a firewall may have closed its door meanwhile. Raises `NotTls`."""
    if ask(endpoint, version, accepted) is None:
        raise NotTls("it no longer answers what it answered at first")
