"""Killed 85 times in the middle of uploads."""

import pytest

from tests.killing import Killed

pytestmark = pytest.mark.faults


def test_acknowledged_uploads_survive_85_kills(tmp_path):
    product = Killed(tmp_path, seed=85)
    for _ in range(85):
        product.once()
    assert len(product.acknowledged) > 850
