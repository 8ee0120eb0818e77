"""ssh-audit: servers of several versions, targets with their ports, and files made of random algorithms."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable

KINDS = ("kex", "key", "enc", "mac")


def audited(target="bastion.example.nl:22", protocol="2.0", **lists):
    names = {kind: [{"algorithm": name, "notes": {}} for name in lists.get(kind, ["a"])] for kind in KINDS}
    banner = {"raw": "SSH-2.0-Fake_1", "protocol": protocol, "software": "Fake_1", "comments": None}
    return {"banner": banner, "target": target, "compression": ["none"], "cves": [], **names}


def read(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "ssh_audit"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


@pytest.mark.parametrize(
    ("target", "expected", "port"),
    [
        ("bastion.example.nl:22", "bastion.example.nl:22", 22),
        ("Bastion.Example.NL:2222", "bastion.example.nl:2222", 22),
        ("bastion.example.nl", "bastion.example.nl:22", 22),
        ("[2001:db8::1]:22", "[2001:db8::1]:22", 22),
        ("bastion.example.nl:443", "bastion.example.nl", 443),
    ],
)
def test_target_is_a_host_with_its_port(target, expected, port):
    run, results = read(audited(target))
    assert (run.targets, run.default_port) == ({expected}, port)
    assert {result.target for result in results} == {expected}


def test_file_of_an_old_version_names_no_target():
    content = audited()
    del content["target"]
    run, results = read(content)
    assert run.targets == {result.target for result in results if result.target} == set()
    assert run.complete


@pytest.mark.parametrize("protocol", ["2.0", [2, 0]])
def test_version_of_the_protocol_is_written_in_two_ways(protocol):
    assert read(audited(protocol=protocol))[1][0].check == "protocol.2.0"


def test_worst_note_is_the_severity_and_the_length_is_a_property():
    content = audited()
    notes = {"info": ["since 2"], "warn": ["short"], "fail": ["broken"]}
    content["kex"] = [
        {"algorithm": "dh", "keysize": 1024, "notes": notes},
        {"algorithm": "x", "notes": {"warn": ["w"]}},
    ]
    results = {result.check: result for result in read(content)[1]}
    assert results["kex.dh"][3:7] == (
        "fail",
        "fail",
        "1024 bits; fail: broken; warn: short; info: since 2",
        (("bits", "1024"),),
    )
    assert (results["kex.x"].outcome, results["kex.x"].severity) == ("informational", "warn")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [None, "aes", {}])
def test_server_without_a_list_is_incomplete(kind, value):
    run, _ = read([audited("a.example.nl:22"), {**audited(), kind: value}])
    assert not run.complete
    assert f"bastion.example.nl:22: the list {kind}" in str(run.remark)


@pytest.mark.parametrize("content", [[1], [audited(), {"kex": [], "enc": []}], [{**audited(), "banner": None}]])
def test_record_that_is_no_server_is_refused(content):
    _, results = formats()["ssh_audit"].read(io.BytesIO(json.dumps(content).encode()))
    with pytest.raises(Unreadable, match="record"):
        list(results)


def test_server_that_could_not_be_reached_makes_the_file_no_json():
    begin = json.dumps([audited()]).encode()[:-1]
    with pytest.raises(Unreadable, match="not valid JSON"):
        read(begin + b", [exception] cannot connect to b.example.nl port 22]")
    assert recognise(begin + b", \x1b[0;31m[exception] cannot connect\x1b[0m]") is None  # coloured: no text


@pytest.mark.parametrize(
    "content",
    [
        '{"host": "a", "policy": "p", "passed": true, "errors": []}',
        '{"banner": "x"}',
        '{"dh-gex-modulus-size": {}}',
        "[]",
    ],
)
def test_other_files_are_not_taken_for_it(content):
    recognised = recognise(content.encode())
    assert recognised is None or recognised.NAME != "ssh_audit"


ALGORITHMS = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,20}(@[a-z.]{1,10})?", fullmatch=True), max_size=6, unique=True)


@given(lists=st.fixed_dictionaries(dict.fromkeys(KINDS, ALGORITHMS)), indent=st.sampled_from((None, 1)))
def test_file_of_random_algorithms_is_read_back(lists, indent):
    run, results = read(json.dumps(audited(**lists), indent=indent).encode())
    assert run.complete
    for kind in KINDS:
        own = [result.check for result in results if result.check.startswith(f"{kind}.")]
        assert own == [f"{kind}.{name}" for name in lists[kind]]
