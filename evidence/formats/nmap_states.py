"""What nmap's states of ports and their reasons mean: whether something answered, or the probe never arrived."""

from functools import lru_cache

#: why nmap gave a state: something came back from the host itself
_ANSWERS = frozenset(
    (
        "syn-ack", "reset", "conn-refused", "conn-accept", "udp-response", "proto-response", "tcp-response",
        "port-unreach", "proto-unreach", "echo-reply", "timestamp-reply", "address-mask-reply", "arp-response",
        "nd-response", "init-ack", "abort", "localhost-response", "split-handshake-syn", "syn",
    )
)  # fmt: skip
#: or nothing could go there: no firewall was asked
_NEVER_ARRIVED = frozenset(
    ("net-unreach", "host-unreach", "dest-unreach", "no-route", "reject-route", "beyond-scope", "time-exceeded",
     "source-quench", "param-problem", "user-set", "timedout")
)  # fmt: skip
_ANSWERING = frozenset(("open", "closed", "unfiltered"))  # states that nothing but an answer gives
STATES = frozenset(("open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered", "unknown"))
_PROTOCOLS = ("tcp", "udp", "sctp")  # those that have ports


def is_port(check: str) -> bool:
    """Whether this is a port: IP protocols (`ip/1`, of nmap -sO) are none."""
    return check.partition("/")[0] in _PROTOCOLS


def is_known(check: str, state: str) -> bool:
    """Whether nmap writes such a port and such a state: in lower case, with a number."""
    protocol, _, number = check.partition("/")
    return state in STATES and protocol in (*_PROTOCOLS, "ip") and number.isascii() and number.isdecimal()


def never_arrived(reason: str) -> bool:
    """Whether the probe can't have reached the host, so that the state says nothing of it."""
    return _singular(reason) in _NEVER_ARRIVED


def no_answer(reason: str) -> bool:
    """Whether nothing came back, or no reason is told."""
    return _singular(reason) in ("", "no-response")


def answers(reason: str, state: str = "") -> bool:
    """Whether something came back from the host itself."""
    known = _singular(reason)
    return known in _ANSWERS or (state in _ANSWERING and known not in (*_NEVER_ARRIVED, "no-response"))


@lru_cache(maxsize=256)
def _singular(reason: str) -> str:
    """Older versions write some in the plural: resets, no-responses."""
    plain = reason.strip().lower()
    for many in ("es", "s"):
        one = plain.removesuffix(many)
        if one != plain and (one in _ANSWERS or one in _NEVER_ARRIVED or one == "no-response"):
            return one
    return plain


def reason_of(message: str) -> str:
    """Why a port has its state, from the message of its result; empty if that is the state alone."""
    _, comma, reason = message.rpartition(", ")
    return reason if comma else ""
