"""The command as a process: exit codes and messages, without any stack."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app, build_listing
from tests.support.commands import ROOT, run_shardgate, user_environment


def shardgate(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = user_environment(SHARDGATE_HOME=str(home), **settings)
    return run_shardgate(*arguments, env=environment, timeout=60)


def add(home: Path, url: str, *more: str, **settings: str) -> subprocess.CompletedProcess[str]:
    rights = ("--owner=team", "--rights=owner-attested", "--license=MIT", "--evidence=T-1")
    return shardgate(home, "repo", "add", url, *rights, *more, **settings)


def test_the_list_of_commands_says_of_each_what_it_says_itself() -> None:
    listed, full = (CliRunner().invoke(app, ["--help"]) for app in (build_listing(), build_app()))
    assert listed.exit_code == full.exit_code == 0
    assert listed.output == full.output


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_the_list_of_commands_loads_none_of_them(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    watched = (
        "import atexit, sys; from cli.main import main;"
        "heavy = {'sqlalchemy', 'celery', 'pyarrow', 'numpy', 'cryptography', 'duckdb'};"
        "atexit.register(lambda: print('loaded', *sorted(heavy & set(sys.modules))));"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SHARDGATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "scan " in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].split() == ["loaded"]


def test_a_wrong_setting_is_named_and_no_traceback_is_shown(tmp_path: Path) -> None:
    done = shardgate(tmp_path, "status", SHARDGATE_CONCURRENCY="0")
    assert done.returncode == 2
    assert "SHARDGATE_CONCURRENCY" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_repository_is_registered_once_under_one_spelling(tmp_path: Path) -> None:
    assert add(tmp_path, "https://git.example/team/x").returncode == 0
    assert add(tmp_path, "https://git.example/team/x").returncode == 0
    other = add(tmp_path, "git@git.example:team/x.git")
    assert other.returncode == 2
    assert "already registered" in other.stderr


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("https://name:pw@git.example/x", ()),
        ("ext::sh -c true", ()),
        ("--upload-pack=true", ()),
        ("ftp://git.example/x", ()),
        ("/some/local/path", ()),
        ("https://git.example/x", ("--license=No-Such-License",)),
        ("https://git.example/x", ("--release-consent", "--consent-until=2001-01-01")),
        ("https://git.example/x", ("--release-consent",)),
        ("https://git.example/x", ("--credential=hunter2",)),
    ],
)
def test_a_registration_that_cannot_be_is_refused_with_exit_code_2(
    tmp_path: Path, url: str, more: tuple[str, ...]
) -> None:
    done = add(tmp_path, url, *more)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "pw" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_registry_file_is_planned_applied_and_applied_again(tmp_path: Path) -> None:
    file = tmp_path / "registry.yaml"
    file.write_text(
        "- {url: https://git.example/a, owner: t, rights: contract, license: MIT, evidence: E}\n"
        "- {url: https://git.example/b, owner: t, rights: contract, license: MIT, evidence: E}\n"
    )
    home = tmp_path / "home"
    dry = shardgate(home, "repo", "apply", str(file), "--dry-run")
    assert "nothing was written" in dry.stdout
    assert "2 written" in shardgate(home, "repo", "apply", str(file)).stdout
    assert "0 written" in shardgate(home, "repo", "apply", str(file)).stdout
    file.write_text(file.read_text() + "- {url: 'https://u:pw@git.example/c'}\n")
    bad = shardgate(home, "repo", "apply", str(file))
    assert bad.returncode == 2
    assert "pw" not in bad.stdout + bad.stderr


def test_the_doctor_says_what_it_found(tmp_path: Path) -> None:
    done = shardgate(tmp_path, "doctor")
    assert done.returncode == 0
    assert "git" in done.stdout
