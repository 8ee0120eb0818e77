"""Judging SSH servers by the algorithms that the policy accepts."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.network import ssh_audit
from evidence.formats.values import Result
from evidence.judging.policies import policies
from evidence.judging.ssh.rules import NAMES
from evidence.judging.values import JudgeContext
from locales import Language
from tests.days import CALENDAR
from tests.evidence.formats.network.test_ssh_audit import audited
from tests.evidence.judging.policy_judging import DAY, failing, judged

TARGET = "bastion.example.nl:22"
GOOD = {
    "kex": ["mlkem768x25519-sha256", "curve25519-sha256", "ext-info-s"],
    "key": ["ssh-ed25519"],
    "enc": ["aes256-gcm@openssh.com", "aes128-ctr"],
    "mac": ["hmac-sha2-256-etm@openssh.com"],
}
RULES = policies()["ssh-settings"].rules


def judge(content):
    return judged("ssh-settings", json.dumps(content))


def verdict(content):
    return judge(content)[1][TARGET]


def server(bits=None, **lists):
    """A server that offers more than the good one. `bits`: lengths by algorithm."""
    content = audited(**{kind: [*names, *lists.get(kind, [])] for kind, names in GOOD.items()})
    for kind in GOOD:
        for entry in content[kind]:
            if entry["algorithm"] in (bits or {}):
                entry["keysize"] = bits[entry["algorithm"]]
    return content


def test_server_that_offers_accepted_algorithms_passes():
    levels, verdicts, _ = judge(server())
    assert (verdicts[TARGET].verdict, verdicts[TARGET].failing) == ("pass", [])
    assert dict(levels)["kex.curve25519-sha256"] == "pass"
    assert dict(levels)["kex.ext-info-s"] == dict(levels)["compression.none"] == ""


@pytest.mark.parametrize(
    ("kind", "name", "check"),
    [
        ("kex", "diffie-hellman-group14-sha1", "key-exchange: diffie-hellman-group14-sha1"),
        ("kex", "diffie-hellman-group14-sha256", "key-exchange: diffie-hellman-group14-sha256"),
        ("key", "ssh-rsa", "host-key: ssh-rsa"),
        ("key", "ssh-dss", "host-key: ssh-dss"),
        ("enc", "aes128-cbc", "cipher: aes128-cbc"),
        ("enc", "3des-cbc", "cipher: 3des-cbc"),
        ("enc", "none", "cipher: none"),
        ("mac", "hmac-sha1", "mac: hmac-sha1"),
        ("mac", "hmac-md5-96", "mac: hmac-md5-96"),
        ("mac", "umac-64-etm@openssh.com", "mac: umac-64-etm@openssh.com"),
        ("mac", "a-name-of-next-year", "mac: a-name-of-next-year"),
    ],
)
def test_algorithm_that_is_not_accepted_fails(kind, name, check):
    result = verdict(server(**{kind: [name]}))
    assert (result.verdict, failing(result)) == ("fail", [check])
    assert all(Language("nl").render(reason) for _, reason in result.failing)


@pytest.mark.parametrize(
    ("bits", "expected"), [(4096, "pass"), (3072, "pass"), (3071, "fail"), (1024, "fail"), (0, "fail")]
)
@pytest.mark.parametrize(("kind", "name"), [("key", "rsa-sha2-512"), ("kex", "diffie-hellman-group-exchange-sha256")])
def test_key_or_group_has_its_least_length(kind, name, bits, expected):
    result = verdict(server({name: bits}, **{kind: [name]}))
    assert result.verdict == expected
    assert failing(result) == ([] if expected == "pass" else [f"{NAMES[kind]}: {name}"])


@pytest.mark.parametrize("bits", [None, "long", "-1", ""])
def test_key_of_unknown_length_gives_no_verdict(bits):
    result = verdict(server({"rsa-sha2-512": bits}, key=["rsa-sha2-512"]))
    assert result.verdict == "none"
    assert "how long the key of rsa-sha2-512 is" in str(result.reason)


def test_chacha20_needs_strict_key_exchange():
    name = "chacha20-poly1305@openssh.com"
    assert failing(verdict(server(enc=[name]))) == [f"cipher: {name}"]
    assert verdict(server(enc=[name], kex=["kex-strict-s-v00@openssh.com"])).verdict == "pass"


@pytest.mark.parametrize("version", ["1.99", "1.5", "", None])
def test_any_other_version_of_the_protocol_fails(version):
    assert verdict({**server(), "banner": {"protocol": version, "raw": ""}}).verdict == "fail"


@pytest.mark.parametrize("kind", NAMES)
def test_server_of_which_a_kind_was_not_seen_has_no_verdict(kind):
    for content in ({**server(), kind: []}, {**server(), kind: None}):
        result = verdict(content)
        assert result.verdict == "none"
        assert "did not look at everything" in str(result.reason)


def test_each_server_has_its_verdict():
    old = {**server(kex=["diffie-hellman-group1-sha1"]), "target": "old.example.nl:2222"}
    verdicts = judge([server(), old])[1]
    assert {target: each.verdict for target, each in verdicts.items()} == {
        TARGET: "pass",
        "old.example.nl:2222": "fail",
    }


def test_empty_list_of_servers_gives_no_verdict():
    run, results = ssh_audit.read(io.BytesIO(b"[]"))
    assert list(results) == []
    verdicts = policies()["ssh-settings"].judge(run, JudgeContext(DAY, CALENDAR)).verdicts()
    assert {each.verdict for each in verdicts.values()} == {"none"}


@given(data=st.data())
def test_server_passes_exactly_if_each_of_its_algorithms_is_accepted(data):
    plain = {
        kind: [
            name for name in RULES.accepted[NAMES[kind]] if name not in RULES.least_bits and name not in RULES.only_with
        ]
        for kind in NAMES
    }
    others = st.sampled_from(("ssh-rsa", "hmac-sha1", "aes256-cbc", "diffie-hellman-group1-sha1"))
    lists = {kind: data.draw(st.lists(st.sampled_from(plain[kind]) | others, min_size=1, max_size=4)) for kind in NAMES}
    wrong = {name for kind, names in lists.items() for name in names if name not in plain[kind]}
    result = verdict(audited(**lists))
    assert result.verdict == ("fail" if wrong else "pass")
    assert {check.partition(": ")[2] for check in failing(result)} == wrong


@pytest.mark.parametrize(
    ("check", "level", "shown"),
    [
        ("kex.curve25519-sha256", "pass", "key-exchange: curve25519-sha256"),
        ("enc.chacha20-poly1305@openssh.com", "pass", "cipher: chacha20-poly1305@openssh.com"),
        ("mac.hmac-sha1", "fail", "mac: hmac-sha1"),
        ("protocol.1.99", "fail", "protocol: 1.99"),
        ("kex.ext-info-s", "", ""),
        ("compression.none", "", ""),
        ("key.rsa-sha2-512", "", ""),
    ],
)
def test_every_result_is_explained(check, level, shown):
    line = Result(1, check, TARGET, "pass", "info", "")._asdict() | {"level": level}
    (explained,) = policies()["ssh-settings"].explain(type("Line", (), line), DAY)
    assert (explained.item, explained.level) == (shown, level)
    assert Language("nl").render(explained.why) != Language("en").render(explained.why)
