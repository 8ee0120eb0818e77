"""Meaning of nmap's port states and reasons: whether the host answered, or the probe never arrived."""

from functools import lru_cache

#: reasons that mean an answer of the host itself
_ANSWERS = frozenset(
    (
        "syn-ack", "reset", "conn-refused", "conn-accept", "udp-response", "proto-response", "tcp-response",
        "port-unreach", "proto-unreach", "echo-reply", "timestamp-reply", "address-mask-reply", "arp-response",
        "nd-response", "init-ack", "abort", "localhost-response", "split-handshake-syn", "syn",
    )
)  # fmt: skip
#: reasons that mean that the probe did not reach the host or its firewall
_NEVER_ARRIVED = frozenset(
    ("net-unreach", "host-unreach", "dest-unreach", "no-route", "reject-route", "beyond-scope", "time-exceeded",
     "source-quench", "param-problem", "user-set", "timedout")
)  # fmt: skip
#: answers that come no further than one network, or one machine
_NEAR = frozenset(("arp-response", "nd-response", "localhost-response"))
_ANSWERING = frozenset(("open", "closed", "unfiltered"))  # states that need an answer
STATES = frozenset(("open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered", "unknown"))
_PROTOCOLS = ("tcp", "udp", "sctp")  # those that have ports


def is_port(check: str) -> bool:
    """Whether a check is a port; IP protocols (`ip/1`, from nmap -sO) are not."""
    return check.partition("/")[0] in _PROTOCOLS


def is_known(check: str, state: str) -> bool:
    """Whether nmap writes this port and state (lower case, with a number)."""
    protocol, _, number = check.partition("/")
    return state in STATES and protocol in (*_PROTOCOLS, "ip") and number.isascii() and number.isdecimal()


def never_arrived(reason: str) -> bool:
    """Whether the probe cannot have reached the host, so that the state says nothing about it."""
    return _singular(reason) in _NEVER_ARRIVED


def no_answer(reason: str) -> bool:
    """Whether there was no answer, or no reason is given."""
    return _singular(reason) in ("", "no-response")


def answers(reason: str, state: str = "") -> bool:
    """Whether the host itself answered."""
    known = _singular(reason)
    return known in _ANSWERS or (state in _ANSWERING and known not in (*_NEVER_ARRIVED, "no-response"))


def is_near(reason: str) -> bool:
    """Whether such an answer shows that the scan was made from the host's own network, or from the host itself."""
    return _singular(reason) in _NEAR


def is_scanner(reason: str) -> bool:
    """Whether such an answer shows that the host scanned itself."""
    return _singular(reason) == "localhost-response"


@lru_cache(maxsize=256)
def _singular(reason: str) -> str:
    """The reason in the singular; older versions of nmap write some in the plural (resets, no-responses)."""
    plain = reason.strip().lower()
    for plural in ("es", "s"):
        singular = plain.removesuffix(plural)
        if singular != plain and (singular in _ANSWERS or singular in _NEVER_ARRIVED or singular == "no-response"):
            return singular
    return plain


def reason_of(message: str) -> str:
    """The reason of a port's state, from the message of its result; empty if there is none."""
    _, comma, reason = message.rpartition(", ")
    return reason if comma else ""
