"""Conventions that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ingest", "policies", "release", "store", "workers", "cli", "shardgate_client")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MARKERS = re.compile(
    r"#.*\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b"
)


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_its_room() -> None:
    long = {
        name(p): n for p in modules() if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert not long


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name(path)}:{node.name}": lines
        for path in modules()
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not long


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MARKERS.search(line) and "detect" not in path.parts
    ]
    assert not found


def test_the_environment_is_read_in_the_settings_only() -> None:
    allowed = {
        "shardgate_client/place.py",
        "workers/settings.py",
        "workers/embedded.py",
        "ingest/mirror/credentials.py",
    }
    found = {
        name(path) for path in modules() if re.search(r"os\.environ|os\.getenv", path.read_text())
    }
    assert found <= allowed | {"ingest/mirror/environment.py", "ingest/mirror/git.py"}


def has_tests(mirrored: Path) -> bool:
    """Tell whether a folder has its tests beside the tree, or one file that bears its name."""
    own = list(mirrored.glob("test_*.py"))
    return bool(own or list(mirrored.parent.glob(f"test_*_{mirrored.name}.py")))


def test_every_folder_of_code_has_its_folder_of_tests() -> None:
    folders = {path.parent for path in modules() if path.stem != "__init__"}
    untested = sorted(
        name(folder)
        for folder in folders
        if not has_tests(ROOT / "tests" / folder.relative_to(ROOT))
    )
    assert untested == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_module_says_what_it_is(package: str) -> None:
    silent = [
        name(path)
        for path in modules()
        if path.is_relative_to(ROOT / package)
        and path.read_text().strip()
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    pieces = ("/ro" + "ot/", "/wo" + "rk/", "py" + "pi.org", "python" + "hosted", "npm" + "js.org")
    pattern = "|".join(re.escape(piece) for piece in pieces)
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
