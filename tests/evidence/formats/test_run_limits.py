"""Words by which a report says that a part was run, or nothing really; ordinary names and properties are none."""

import pytest

from evidence.formats.branches import branch_in, doubt_of_branches, unreleased
from evidence.formats.run_limits import doubt_of, limit, limit_in_group, limit_in_name, limit_in_title, limit_of_case


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dry-run", "true"),
        ("dryRun", "1"),
        ("mode", "dry run"),
        ("backend", "mocked"),
        ("deselected", "3"),
        ("env.CI_NODE_TOTAL", "4"),
        ("shard", "1/4"),
        ("project", "shard 2 of 4"),
        ("note", "stopped after first failure"),
        ("description", "This was a dry run of the portal"),
        ("command", "pytest --collect-only"),
        ("command", "pytest -k 'not slow' tests"),
        ("argv", "jest --ci --shard=1/4"),
        ("argv", "mocha --bail"),
        ("selected", "3 of 40"),
        ("tests.run", "3/40"),
        ("what-if", "yes"),
        ("env.MAVEN_CMD_LINE_ARGS", " verify -Dtest=LoginTest"),
        ("call", 'nunit3-console a.dll --where "cat == Smoke"'),
        ("call", "vstest.console a.dll /TestCaseFilter:Priority=1"),
    ],
)
def test_property_that_limits_the_run(name: str, value: str) -> None:
    assert limit(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dry-run", "false"),
        ("shard", "1/1"),
        ("env.CI_NODE_TOTAL", "1"),
        ("deselected", "0"),
        ("java.class.path", "/lib/mockito-core.jar:/lib/filter--test.jar"),
        ("sun.java.command", "/app/surefirebooter.jar /app/surefire 2027-03-04 surefire_0tmp"),
        ("command", "node --test --test-reporter=junit"),
        ("command", "pytest --junitxml=report.xml -p no:cacheprovider tests"),
        ("command", "npm run -- jest --ci --reporters=jest-junit"),
        ("command", "gcc -k -m"),
        ("environment", "acceptance"),
        ("time", "0"),
        ("tests.run", "40/40"),
        ("attempt", "1/3"),
    ],
)
def test_ordinary_property_says_nothing(name: str, value: str) -> None:
    assert limit(name, value) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Portal dry run",
        "dry-run",
        "Portal, shard 1/4",
        "e2e (mocked)",
        "pytest --collect-only",
        "mock backend",
        "Portal (3 of 40 tests)",
        "Smoke tests only",
        "Portal: interrupted",
        "Interrupted by SIGINT",
    ],
)
def test_title_of_a_limited_run(title: str) -> None:
    assert limit_in_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "pytest",
        "com.acme.DryRunTest",
        "tests/dry_run.test.ts",
        "Mock service tests",
        "part 1 of 1",
        "Shards",
        "Interrupted uploads resume",
        "Refund of partial payments",
        "Billing stopped after leaving",
    ],
)
def test_title_of_an_ordinary_run(title: str) -> None:
    assert limit_in_title(title) == ""


def test_name_of_a_test_limits_only_by_a_mark() -> None:
    assert limit_in_name("logs in [dry-run]") == limit_in_name("test_login[dry-run]") == "[dry-run]"
    assert limit_in_name("(mocked) logs in") == "(mocked)"
    for name in ("test_login[mock]", "test_dry_run_changes_nothing", "a dry run changes nothing", "logs in (nurse)"):
        assert limit_in_name(name) == ""


def test_class_that_is_named_so_as_a_whole_limits_the_run() -> None:
    assert limit_in_group("dry-run") == "dry-run"
    assert limit_in_group("tests.mock") == limit_in_group("partial payments") == ""


def test_property_of_a_case_is_the_teams_own_but_for_a_few_names() -> None:
    assert limit_of_case("dry-run", "true")
    assert limit_of_case("run-mode", "mock")
    assert (
        limit_of_case("filter", "name") == limit_of_case("outcome", "interrupted") == limit_of_case("mock", "no") == ""
    )


def test_doubt_names_each_limit_once_and_not_all() -> None:
    assert doubt_of(["", ""]) is None
    assert "(a, b)" in str(doubt_of(["a", "b", "a"]))
    assert "(0, 1, 2, 3, 4, …)" in str(doubt_of(map(str, range(9))))


@pytest.mark.parametrize("branch", ["feature/login", "refs/pull/12/merge", "develop", "mainly", "x/main"])
def test_branch_that_is_not_released(branch: str) -> None:
    assert unreleased(branch) == branch_in("git.branch", branch) == branch
    assert branch in str(doubt_of_branches([branch]))


@pytest.mark.parametrize(
    "branch", ["", "main", "refs/heads/master", "origin/trunk", "release/2027.03", "v1.2", "refs/tags/x", "HEAD"]
)
def test_branch_of_releases_says_nothing(branch: str) -> None:
    assert unreleased(branch) == ""
    assert doubt_of_branches([unreleased(branch)]) is None


def test_only_names_of_branches_name_one() -> None:
    assert branch_in("env.GITHUB_REF_NAME", "feature/x") == branch_in("branchName", "feature/x") == "feature/x"
    assert branch_in("isReleaseBranch", "false") == branch_in("branches", "feature/x") == ""
