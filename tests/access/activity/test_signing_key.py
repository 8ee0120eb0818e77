import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from access.activity.signing_key import signing_key
from access.errors import KeyUnusable


def raw(key):
    return key.private_bytes_raw()


def test_first_start_creates_the_key_and_later_starts_read_it(tmp_path):
    path = tmp_path / "keys" / "log.pem"
    first = signing_key(path)
    assert raw(signing_key(path)) == raw(first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["log.pem"]


def test_processes_that_start_together_have_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: raw(signing_key(tmp_path / "log.pem")), range(40)))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["log.pem"]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "log.pem"
    signing_key(path)
    path.chmod(0o640)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        signing_key(path)


def test_another_kind_of_key_or_no_key_is_refused(tmp_path):
    path = tmp_path / "log.pem"
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"nonsense", other):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(KeyUnusable, match="Ed25519"):
            signing_key(path)
        assert path.read_bytes() == content
