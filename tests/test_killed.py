"""Killed in the middle of uploads, and backed up meanwhile; `make faults` does the killing for long."""

import stat

import pyrage

from tests.killing import Killed
from tests.process import command, running


def test_what_was_acknowledged_outlives_ten_kills(tmp_path):
    product = Killed(tmp_path, seed=11)
    for _ in range(10):
        product.once()


def test_a_backup_made_meanwhile_is_whole_and_starts_elsewhere(tmp_path):
    product = Killed(tmp_path, seed=3)
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(str(key))
    target, restored = tmp_path / "backup.tar.age", tmp_path / "restored"
    with product.busy():
        before = dict(product.acknowledged)
        code, said = command(product.data, "backup", str(target), str(key.to_public()))
        assert (code, "was read back" in said, "encrypted" in said) == (0, True, True), said
        assert len(product.acknowledged) > len(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    code, said = command(restored, "restore", str(target))
    assert (code, "is encrypted" in said, restored.exists()) == (1, True, False), said
    code, said = command(restored, "restore", str(target), str(tmp_path / "identity"))
    assert (code, "Restored in" in said) == (0, True), said
    product.data, product.acknowledged = restored, before
    product.look()
    code, said = command(restored, "verify")
    assert (code, "belong to no evidence" in said) == (0, False), said
    with running(restored):
        """It starts with what was put back."""
    code, said = command(restored, "restore", str(target), str(tmp_path / "identity"))
    assert (code, "is not empty" in said) == (1, True), said
