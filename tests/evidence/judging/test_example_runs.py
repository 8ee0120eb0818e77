"""The examples of other policies have the outcome that they state, by the real reader and judge."""

import io
import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest

from controls.files.yaml_tree import Tree
from evidence.formats import formats
from evidence.formats.values import Result
from evidence.judging.findings.kind import SEEN
from evidence.judging.policies import kind_of, policies
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import DAY


def runs_of(policy):
    values = Tree(policy.path.name, policy.path.read_bytes()).values
    return list(kind_of(Tree(policy.path.name, policy.path.read_bytes())).example_runs(values))


def examples(judges):
    return [
        pytest.param(key, run, id=f"{key}-{number}")
        for key, policy in policies().items()
        if policy.judges == judges
        for number, run in enumerate(runs_of(policy))
    ]


def judge(policy, format_name, content, context):
    run, results = formats()[format_name].read(io.BytesIO(content.encode()))
    policy_judge = policies()[policy].judge(run, context)
    for result in results:
        policy_judge.add_result(result)
    return policy_judge


@pytest.mark.parametrize(
    "policy", [policy for policy in policies().values() if policy.judges not in ("register", "by-format")]
)
def test_every_policy_has_examples_that_pass_fail_and_are_at_the_border(policy):
    runs = runs_of(policy)
    assert {"pass", "fail"} <= {run.verdict for run in runs}
    assert [run.border for run in runs].count(True) == 1


@pytest.mark.parametrize(("policy", "example"), examples("junit"))
def test_cases(policy, example):
    inside = {"passed": "", "failed": "<failure/>", "skipped": "<skipped/>"}
    cases = "".join(
        f'<testcase name="{number}"><properties>'
        + "".join(
            f'<property name="{name}" value="{value or 1}"/>'
            for name, _, value in (case.partition("=") for case in covers.split())
        )
        + f"</properties>{inside[outcome]}</testcase>"
        for number, (covers, outcome) in enumerate(example.results)
    )
    executed = sum(outcome != "skipped" for _, outcome in example.results)
    judged = judge(
        policy, "junit", f"<testsuite name='t'>{cases}</testsuite>", JudgeContext(DAY, CALENDAR, executed=executed)
    )
    assert {verdict.verdict for verdict in judged.verdicts().values()} == {example.verdict}


def scan(hosts):
    """A scan of all TCP ports: what is not named is filtered, without an answer."""
    written = "".join(
        f'<host><status state="up" reason="echo-reply"/><address addr="192.0.2.{at}" addrtype="ipv4"/><hostnames>'
        f'<hostname name="{name}" type="user"/></hostnames><ports><extraports state="filtered" count="{65535 - len(ports)}"/>'
        + "".join(
            f'<port protocol="tcp" portid="{port.partition("/")[2]}"><state state="open" reason="syn-ack"/></port>'
            for port in ports
        )
        + "</ports></host>"
        for at, (name, ports) in enumerate(hosts.items(), 1)
    )
    return (
        '<nmaprun start="1795356179" version="7.95"><scaninfo type="syn" protocol="tcp" services="1-65535"/>'
        f'{written}<runstats><finished time="1" exit="success"/></runstats></nmaprun>'
    )


@pytest.mark.parametrize(("policy", "example"), examples("exposure"))
def test_ports_from_outside(policy, example):
    opened = [port for port, state in example.results if state == "open"]
    judged = judge(policy, "nmap", scan({"portal.example.nl": opened}), JudgeContext(DAY, CALENDAR))
    assert judged.verdicts()["portal.example.nl"].verdict == example.verdict


@pytest.mark.parametrize(("policy", "example"), examples("segmentation"))
def test_ports_between_zones(policy, example):
    hosts = defaultdict(dict)
    for pair, state in example.results:
        since, to = pair.split(" > ")
        target = next(rule.targets[0] for rule in policies()[policy].rules.zones if rule.zone == to).replace("*", "1")
        hosts[since][target] = [] if state == "closed" else [state.split()[0]]
    context = JudgeContext(DAY, CALENDAR)
    judges = [
        judge(policy, "nmap", scan(ports_by_host), replace(context, zone=zone)) for zone, ports_by_host in hosts.items()
    ]
    assert judges[-1].verdicts()[""].verdict == example.verdict


@pytest.mark.parametrize(("policy", "example"), examples("tls"))
def test_records_of_a_tls_scan(policy, example):
    ((check, finding),) = example.results
    level = judge(policy, "testssl", "[]", JudgeContext(DAY, CALENDAR)).add_result(
        Result(1, check, "portal.example.nl", "pass", "OK", finding)
    )
    assert level
    assert (level in ("phase-out", "insufficient")) == (example.verdict == "fail")


@pytest.mark.parametrize(("policy", "example"), examples("ssh"))
def test_offers_of_an_ssh_server(policy, example):
    kinds = {"key-exchange": "kex", "host-key": "key", "cipher": "enc", "mac": "mac"}
    lists = {name: [] for name in kinds.values()}
    for kind, offered in example.results:
        name, _, bits = offered.partition(" ")
        lists[kinds[kind]].append({"algorithm": name, "notes": {}, **({"keysize": int(bits)} if bits else {})})
    content = {"banner": {"raw": "SSH-2.0-Example", "protocol": "2.0"}, "target": "bastion.example.nl:22", **lists}
    judged = judge(policy, "ssh_audit", json.dumps(content), JudgeContext(DAY, CALENDAR))
    assert judged.verdicts()["bastion.example.nl:22"].verdict == example.verdict


def sarif(results):
    """A scan with these findings; their severity is that of their rule's score."""
    scores = {"critical": "9.8", "high": "8", "medium": "5", "low": "2", "info": "0"}
    ago = next((int(days) for what, days in results if what == SEEN), 0)
    seen = {"firstDetectionTimeUtc": f"{DAY - timedelta(days=ago)}T00:00:00Z"}
    findings = [
        {
            "ruleId": f"Z{at}",
            "kind": "pass" if rating == "passed" else "fail",
            "level": "none",
            "properties": {"security-severity": scores.get(rating)},
            "provenance": seen,
        }
        for at, (what, rating) in enumerate(results)
        if what != "scan"
    ]
    invocations = [{"executionSuccessful": True}] if ("scan", "finished") in results else []
    run = {
        "tool": {"driver": {"name": "Ziener"}},
        "invocations": invocations,
        "artifacts": [{"location": {"uri": "src"}}],
        "results": findings,
    }
    return json.dumps({"version": "2.1.0", "runs": [run]})


@pytest.mark.parametrize(("policy", "example"), examples("findings"))
def test_findings_of_scanners(policy, example):
    judged = judge(policy, "sarif", sarif(example.results), JudgeContext(DAY, CALENDAR))
    assert judged.verdicts()[""].verdict == example.verdict


def test_editions_differ_in_the_length_of_a_key():
    """RSA of 2048 bits: the guideline phases it out in 2025-05, and called it sufficient in 2.1."""
    levels = {key: runs_of(policies()[f"tls-ncsc-nl@{key}"])[-1] for key in ("2025-05", "2.1")}
    assert {key: str(run.why) for key, run in levels.items()} == {
        "2025-05": "to be phased out (3.3.2.1)", "2.1": "sufficient (table 8)",
    }  # fmt: skip
