from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHARDGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(build_app(), ["terms", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_importing_writes_versions_and_shows_no_term(tmp_path: Path, home: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Zqinitech\nZqfernwick\n")
    shown = _run("import", str(names), "--as", "customers")
    assert "version 1: 2 terms" in shown
    assert "nothing new" in _run("import", str(names), "--as", "customers")
    names.write_text("zqjroe\n")
    shown += _run("import", str(names), "--as", "logins") + _run("show")
    assert "version 2" in shown
    assert "zq" not in shown.lower().replace(str(tmp_path).lower(), "")
    assert (home / "terms.csv").stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_refused(tmp_path: Path, home: Path) -> None:
    (tmp_path / "none.txt").write_text("# nothing\n")
    arguments = ["terms", "import", str(tmp_path / "none.txt"), "--as", "logins"]
    assert CliRunner().invoke(build_app(), arguments).exit_code != 0
    assert not (home / "terms.csv").exists()
