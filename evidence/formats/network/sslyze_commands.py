"""What each scan command of SSLyze saw, as facts; a check is the place of the fact in the command's result.

Names of fields are those of versions 5 and 6, followed by those of version 3 where they differ. A field that is missing
or has an unexpected value is a fact that could not be determined.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from evidence.formats.network.dhe_groups import group_of
from evidence.formats.network.sslyze_certificate import certificate_facts
from evidence.formats.network.tls_facts import Fact
from evidence.formats.reading.json_stream import objects, string

Seen = Mapping[str, Any]  # the result of a command

#: commands whose result is a single value
_VALUES: Final = {
    "tls_compression": "supports_compression",
    "tls_1_3_early_data": "supports_early_data",
    "openssl_ccs_injection": "is_vulnerable_to_ccs_injection",
    "heartbleed": "is_vulnerable_to_heartbleed",
    "robot": "robot_result",
    "tls_fallback_scsv": "supports_fallback_scsv",
}
STATUS: Final = "status"  # of a command, where nothing else of it is known
_SUITES: Final = "_cipher_suites"  # end of the names of commands that try cipher suites
_CERTIFICATE: Final = "certificate_info"
_TLS_1_3: Final = "TLS_1_3"
_MOST_CURVES: Final = 100


def facts(command: str, seen: Seen, host: str, highest: str) -> Iterator[Fact]:
    """What a completed command saw. `highest`: the highest version that the server offers.

    A command that is not known gives a single fact, from which nothing follows.
    """
    if command in _VALUES:
        yield _value(command, seen, _VALUES[command])
    elif command.endswith(_SUITES):
        yield from _suites(command, seen)
    elif command == _CERTIFICATE:
        yield from certificate_facts(command, seen, host)
    elif command in _OTHERS:
        yield from _OTHERS[command](command, seen, highest)
    else:
        yield Fact(f"{command}.{STATUS}", "completed")


def _value(command: str, seen: Seen, *names: str) -> Fact:
    """The first of these fields that is there: `true`, `false` or a word."""
    name = next((name for name in names if seen.get(name) is not None), names[0])
    value = seen.get(name)
    written = str(value).lower() if isinstance(value, bool) else string(seen, name)
    return Fact(f"{command}.{names[0]}", written or "missing", is_certain=bool(written))


def _suites(command: str, seen: Seen) -> Iterator[Fact]:
    """Whether a version is offered, with which suites, and the curves and groups of their ephemeral keys."""
    accepted = objects(seen, "accepted_cipher_suites")
    offered = seen.get("is_tls_version_supported", bool(accepted))
    is_complete = isinstance(seen.get("accepted_cipher_suites"), list) and isinstance(offered, bool)
    is_offered = bool(offered) or bool(accepted)
    yield Fact(command, "offered" if is_offered else "not offered", is_certain=is_complete)
    for suite in accepted:
        name = string(suite, "cipher_suite", "name") or "-"
        yield Fact(f"{command}.{name}", name)
    keys = [key for suite in accepted if isinstance(key := suite.get("ephemeral_key"), dict)]
    yield from _names(f"{command}.curve", [name for key in keys if (name := string(key, "curve_name"))])
    yield from _names(f"{command}.group", [_group(key) for key in keys if key.get("prime")])


def _names(check: str, names: list[str]) -> Iterator[Fact]:
    if names:
        yield Fact(check, ", ".join(sorted(set(names))[:_MOST_CURVES]))


def _group(key: Seen) -> str:
    try:
        prime = base64.b64decode(string(key, "prime"), validate=True)
    except (binascii.Error, ValueError):
        prime = b""
    return group_of(prime)


def _curves(command: str, seen: Seen, highest: str) -> Iterator[Fact]:
    """SSLyze tries curves with the highest version only; TLS 1.3 has fewer of them."""
    check = f"{command}.supported_curves" + (f".{_TLS_1_3}" if highest == _TLS_1_3 else "")
    names = [string(curve, "name") for curve in objects(seen, "supported_curves")]
    yield from _names(check, names)
    if not names:
        yield Fact(check, "none", is_certain="supported_curves" in seen)


def _renegotiation(command: str, seen: Seen, _highest: str) -> Iterator[Fact]:
    yield _value(command, seen, "supports_secure_renegotiation")
    dos = "is_vulnerable_to_client_renegotiation_dos"
    fact = _value(command, seen, dos, "accepts_client_renegotiation")
    count = string(seen, "client_renegotiations_success_count")  # of version 6
    yield fact._replace(message=f"{fact.message}, after {count} renegotiations" if count else fact.message)


def _master_secret(command: str, seen: Seen, highest: str) -> Iterator[Fact]:
    """SSLyze does not try this with a server that offers TLS 1.3, and then always says that it is supported."""
    if highest != _TLS_1_3:
        yield _value(command, seen, "supports_ems_extension")


def _headers(command: str, seen: Seen, _highest: str) -> Iterator[Fact]:
    """The header of a web server; nothing follows from a server that gives no web page."""
    name = "strict_transport_security_header"
    if seen.get("http_error_trace") or name not in seen:
        yield Fact(f"{command}.{STATUS}", "no answer", is_certain=False)
    else:
        age = string(seen, name, "max_age")
        yield Fact(f"{command}.{name}", f"max_age {age}" if age else "none")


_OTHERS: Final[Mapping[str, Callable[[str, Seen, str], Iterator[Fact]]]] = {
    "elliptic_curves": _curves,
    "session_renegotiation": _renegotiation,
    "tls_extended_master_secret": _master_secret,
    "http_headers": _headers,
}
