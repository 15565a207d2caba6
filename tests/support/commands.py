"""The ``shardgate`` command as tests start it: in a process, and a path, of a user's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from tests.support.rules import rules_environment

ROOT: Final = Path(__file__).resolve().parents[2]
_INSTALLED: Final = Path(__file__).parent / "installed"


def shardgate_argv(*arguments: str) -> list[str]:
    """Return the command line of the command."""
    return [sys.executable, "-c", "from cli.main import main; main()", *arguments]


def user_environment(**more: str) -> dict[str, str]:
    """Return what a user's process sees: no variable of the test run but the search path.

    The compiled rules are those that all tests share; `sitecustomize` takes away what only
    developers have.
    """
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{_INSTALLED}{os.pathsep}{ROOT}"}
    return own | rules_environment() | more
