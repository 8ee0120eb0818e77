"""Names of Diffie-Hellman groups by their prime (RFC 7919, appendix A)."""

import hashlib
from typing import Final

OTHER: Final = "other group"

#: by the SHA-256 of the prime, as big-endian bytes without leading zeros
_GROUPS: Final = {
    "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966": "ffdhe2048",
    "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17": "ffdhe3072",
    "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e": "ffdhe4096",
    "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7": "ffdhe6144",
    "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833": "ffdhe8192",
}


def group_of(prime: bytes) -> str:
    """The name of the group with this prime (big-endian); `other group` if it is none of RFC 7919."""
    return _GROUPS.get(hashlib.sha256(prime.lstrip(b"\0")).hexdigest(), OTHER)
