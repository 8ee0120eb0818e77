"""Killed during uploads, and backed up meanwhile; `make faults` is the long version."""

import stat

import pyrage

from tests.killing import Killed, KilledBeforeJudging
from tests.process import command, running


def test_acknowledged_uploads_survive_ten_kills(tmp_path):
    product = Killed(tmp_path, seed=11)
    for _ in range(10):
        product.once()


def test_received_uploads_survive_kills_and_are_judged_once(tmp_path):
    product = KilledBeforeJudging(tmp_path, seed=7)
    for _ in range(2):
        product.once()
    product.judge_all()


def test_backup_during_uploads_is_complete_and_starts_elsewhere(tmp_path):
    product = Killed(tmp_path, seed=3)
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(str(key))
    target, restored = tmp_path / "backup.tar.age", tmp_path / "restored"
    with product.busy():
        before = dict(product.acknowledged)
        code, output = command(product.data, "backup", str(target), str(key.to_public()))
        assert (code, "was read back" in output, "encrypted" in output) == (0, True, True), output
        assert len(product.acknowledged) > len(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    code, output = command(restored, "restore", str(target))
    assert (code, "is encrypted" in output, restored.exists()) == (1, True, False), output
    code, output = command(restored, "restore", str(target), str(tmp_path / "identity"))
    assert (code, "Restored in" in output) == (0, True), output
    product.data, product.acknowledged = restored, before
    product.look()
    code, output = command(restored, "verify")
    assert (code, "belong to no evidence" in output) == (0, False), output
    with running(restored):
        pass  # it starts with the restored data
    code, output = command(restored, "restore", str(target), str(tmp_path / "identity"))
    assert (code, "is not empty" in output) == (1, True), output
