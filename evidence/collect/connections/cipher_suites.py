"""The registered cipher suites by number, and the properties that their names state."""

from functools import cache
from pathlib import Path
from typing import Final

_FILE = Path(__file__).parent / "cipher_suites.txt"
_OF_TLS_1_3 = range(0x1301, 0x1306)
_LARGEST_HELLO: Final = 100  # suites in a message; some servers take no more than 128
#: groups by number (IANA, TLS Supported Groups), by the names of a TLS policy
GROUPS: Final = {
    29: "X25519",
    30: "X448",
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    26: "brainpoolP256r1",
    27: "brainpoolP384r1",
    28: "brainpoolP512r1",
    31: "brainpoolP256r1tls13",
    32: "brainpoolP384r1tls13",
    33: "brainpoolP512r1tls13",
    19: "secp192r1",
    21: "secp224r1",
    22: "secp256k1",
    16: "secp160r1",
    18: "secp192k1",
    20: "secp224k1",
    9: "sect283k1",
    10: "sect283r1",
    11: "sect409k1",
    12: "sect409r1",
    13: "sect571k1",
    14: "sect571r1",
    1: "sect163k1",
    3: "sect163r2",
    6: "sect233k1",
    7: "sect233r1",
    8: "sect239k1",
}
KEM_GROUPS: Final = {0x11EC: "X25519MLKEM768", 0x11EB: "SecP256r1MLKEM768", 0x11ED: "SecP384r1MLKEM1024"}
FFDHE_GROUPS: Final = {256: "ffdhe2048", 257: "ffdhe3072", 258: "ffdhe4096", 259: "ffdhe6144", 260: "ffdhe8192"}


@cache
def suites() -> dict[int, str]:
    """Names by number, of SSL 3.0 to TLS 1.3."""
    lines = (line.split() for line in _FILE.read_text(encoding="ascii").splitlines() if not line.startswith("#"))
    return {int(number, 16): name for number, name in lines}


@cache
def batches(*, of_tls_1_3: bool) -> tuple[tuple[int, ...], ...]:
    """The suites of TLS 1.3, or all earlier ones, in portions that fit a ClientHello."""
    numbers = [number for number in suites() if (number in _OF_TLS_1_3) == of_tls_1_3]
    return tuple(tuple(numbers[at : at + _LARGEST_HELLO]) for at in range(0, len(numbers), _LARGEST_HELLO))


def is_anonymous(name: str) -> bool:
    return "_anon_" in name or "_NULL_WITH" in name


def is_unencrypted(name: str) -> bool:
    return "_WITH_NULL" in name


def is_for_export(name: str) -> bool:
    return "_EXPORT" in name


def is_weak(name: str) -> bool:
    """Whether its cipher has 64 bits or fewer (DES, RC2); what OpenSSL calls LOW."""
    return "_WITH_DES_" in name or "_WITH_RC2_" in name


def transports_key(name: str) -> bool:
    """Whether the client encrypts the secret with the server's RSA key, so that there is no forward secrecy."""
    return name.startswith(("TLS_RSA_WITH", "TLS_RSA_EXPORT", "TLS_RSA_FIPS", "TLS_RSA_PSK"))
