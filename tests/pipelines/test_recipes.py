"""The shell lines of the recipes for build servers, run against the product with stand-ins for the tools."""

import itertools
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from access.people import tokens
from demo.files.testssl import Scan, pretty
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.people import officer
from tests.process import ROOT, running

RECIPES = ROOT / "docs" / "pipelines"
REQUIREMENTS = {"access-control-tests", "vulnerability-scan-results", "tls-scan"}
SYSTEM = "saas-products"
RUNS = itertools.count(1)  # each of another hour, so that no two upload the same
#: each stand-in writes its file at the argument after, or joined to, this option
TOOLS = {"pytest": "--junitxml", "trivy": "--output", "testssl.sh": "--jsonfile-pretty"}


def junit(ran: datetime, *, fails: bool) -> bytes:
    levels = ("anonymous", "wrong-role", "right-role")
    cases = [f'<testcase classname="access" name="test[page=home][level={level}]"/>' for level in levels]
    if fails:
        cases[0] = cases[0].replace("/>", '><failure message="200"/></testcase>')
    return f'<testsuite name="access" timestamp="{ran:%Y-%m-%dT%H:%M:%S}">{"".join(cases)}</testsuite>'.encode()


def trivy(ran: datetime, *, fails: bool) -> bytes:
    found = {"VulnerabilityID": "CVE-2026-0001", "PkgName": "zlib1g", "Severity": "LOW"}
    key = {"RuleID": "private-key", "Severity": "HIGH", "Title": "A private key", "StartLine": 1}  # which has no term
    results = [
        {"Target": "portal (debian 13.1)", "Class": "os-pkgs", "Vulnerabilities": [found]},
        *([{"Target": "/settings.py", "Class": "secret", "Secrets": [key]}] if fails else []),
    ]
    head = {
        "SchemaVersion": 2,
        "CreatedAt": f"{ran:%Y-%m-%dT%H:%M:%SZ}",
        "ArtifactName": "registry.example.org/portal:latest",
    }
    return json.dumps({**head, "Results": results}).encode()


def tls_scan(ran: datetime, *, fails: bool) -> bytes:
    differs = {"TLS1": ("HIGH", "offered (deprecated)")} if fails else {}
    return pretty(Scan("portal.example.org", "192.0.2.10", ran, 60, differs=differs))


FILES = {"pytest": junit, "trivy": trivy, "testssl.sh": tls_scan}


@dataclass
class BuildServer:
    """A folder with stand-ins for the tools in its path, and the product that it uploads to."""

    folder: Path
    address: str
    token: str

    def lay_out(self, *, fails: bool) -> None:
        tools = self.folder / "tools"
        tools.mkdir(parents=True)
        ran = datetime.now(UTC) - timedelta(hours=next(RUNS))
        for name, option in TOOLS.items():
            (self.folder / f"{name}.out").write_bytes(FILES[name](ran, fails=fails))
            self._tool(
                tools / name,
                f'cp "{self.folder / name}.out" "$(printf "%s\\n" "$@" | sed -n "/^{option}=/s///p;/^{option}$/{{n;p}}")"',
            )
        self._tool(tools / "pip", "exit 0")
        self._tool(
            tools / "aantoonbaar", f'PYTHONPATH="{ROOT / "client"}" exec "{sys.executable}" -m aantoonbaar_client "$@"'
        )

    def _tool(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/bash\n{line}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'tools'}:{os.environ['PATH']}"
        known = {"AANTOONBAAR_ADDRESS": self.address, "AANTOONBAAR_TOKEN": self.token, "HOME": str(self.folder)}
        command = ["bash", "-e", "-o", "pipefail", "-c", script]
        environment = {**os.environ, **known, "PATH": path, "LANG": "C.UTF-8"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def recorded(self, **filters: str) -> int:
        """The number of pieces of evidence."""
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx.get(f"{self.address}/api/v1/evidence", params=filters, headers=headers, timeout=30)
        return int(answer.json()["total"])


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the product and a token of its security officer."""
    data = tmp_path_factory.mktemp("pipelines") / "data"
    data.mkdir()
    with running(data) as address:
        engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
        person, _ = officer(engine)
        with writing(engine) as (session, now):
            last_day = CALENDAR.day_of(now) + timedelta(days=30)
            token = tokens.issue_own(session, person, "build server", ["evidence.file", "evidence.read"], last_day, now)
        engine.dispose()
        yield address, token


# ── The recipes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(name: str, language: str) -> list[str]:
    text = (RECIPES / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def of_github() -> list[str]:
    (block,) = blocks("github-actions", "yaml")
    return [step["run"] for job in yaml.safe_load(block)["jobs"].values() for step in job["steps"] if "run" in step]


def of_gitlab() -> list[str]:
    (block,) = blocks("gitlab-ci", "yaml")
    jobs = [job for job in yaml.safe_load(block).values() if isinstance(job, dict)]
    return [line for job in jobs for part in ("before_script", "script") for line in job.get(part, [])]


def of_azure() -> list[str]:
    (block,) = blocks("azure-devops", "yaml")
    return [step["bash"] for step in yaml.safe_load(block)["steps"]]


def of_jenkins() -> list[str]:
    (block,) = blocks("jenkins", "groovy")
    assert block.count("{") == block.count("}")
    return re.findall(r"sh '([^']+)'", block)


def of_curl() -> list[str]:
    api, *uploads = blocks("curl", "sh")
    return [api + upload for upload in uploads]


SCRIPTS = {
    "github-actions": of_github,
    "gitlab-ci": of_gitlab,
    "azure-devops": of_azure,
    "jenkins": of_jenkins,
    "curl": of_curl,
}


@pytest.fixture
def build_server(product: tuple[str, str], tmp_path: Path) -> BuildServer:
    return BuildServer(tmp_path / "build", *product)


def test_every_recipe_is_in_this_test() -> None:
    assert {path.stem for path in RECIPES.glob("*.md")} == {*SCRIPTS, "README"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_recipe_uploads_what_its_tools_write(build_server: BuildServer, name: str) -> None:
    build_server.lay_out(fails=False)
    before = {requirement: build_server.recorded(requirement=requirement) for requirement in REQUIREMENTS}
    for script in SCRIPTS[name]():
        ended = build_server.run(script)
        assert ended.returncode == 0, f"{script}\n{ended.stdout}{ended.stderr}"
    for requirement, number in before.items():
        assert build_server.recorded(requirement=requirement) == number + 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_recipe_stops_where_evidence_fails(build_server: BuildServer, name: str) -> None:
    """After it was recorded; each upload by itself."""
    build_server.lay_out(fails=True)
    uploads = [script for script in SCRIPTS[name]() if "upload" in script or "/api/v1/evidence" in script]
    others = [script for script in SCRIPTS[name]() if script not in uploads]
    for script in others:
        assert build_server.run(script).returncode == 0
    before = build_server.recorded(verdict="fail")
    codes = {build_server.run(script).returncode for script in uploads}
    assert len(uploads) == len(REQUIREMENTS)
    assert codes == {22 if name == "curl" else 1}
    assert build_server.recorded(verdict="fail") == before + len(REQUIREMENTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_recipe_never_puts_the_token_on_a_command_line(name: str) -> None:
    for script in SCRIPTS[name]():
        assert "$AANTOONBAAR_TOKEN" not in script.replace(
            'printf \'header = "Authorization: Bearer %s"\\n\' "$AANTOONBAAR_TOKEN"', ""
        )


def test_requirements_of_the_recipes_are_in_their_table() -> None:
    table = (RECIPES / "README.md").read_text(encoding="utf-8")
    named = {
        word
        for scripts in SCRIPTS.values()
        for script in scripts()
        for word in re.findall(r"(?:-r |requirement=)([a-z-]+)", script)
    }
    assert named == REQUIREMENTS
    assert all(f"`{requirement}`" in table for requirement in named)
