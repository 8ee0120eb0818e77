"""Groups of RFC 7919 are known by their prime, computed here from the formula in its appendix A."""

from decimal import Decimal, getcontext

import pytest

from evidence.formats.network.dhe_groups import OTHER, group_of

#: the number X of each group, by its length
GROUPS = {2048: 560316, 3072: 2625351, 4096: 5736041, 6144: 15705020, 8192: 10965728}


def prime(bits, offset):
    """2^b - 2^(b-64) + (floor(2^(b-130) e) + X) 2^64 - 1"""
    getcontext().prec = 3_000
    e = int(Decimal(1).exp() * Decimal(2) ** (bits - 130))
    return 2**bits - 2 ** (bits - 64) + (e + offset) * 2**64 - 1


@pytest.mark.parametrize("bits", GROUPS)
def test_group_is_known_by_its_prime(bits):
    number = prime(bits, GROUPS[bits]).to_bytes(bits // 8, "big")
    assert group_of(number) == f"ffdhe{bits}"
    assert group_of(b"\0" + number) == f"ffdhe{bits}"  # as a signed number
    assert group_of(number[:-1]) == OTHER


def test_any_other_group_has_no_name():
    assert group_of(b"") == group_of(b"\xff" * 256) == OTHER
