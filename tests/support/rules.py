"""Compiled rules, shared by all tests: compiling them takes most of a minute."""

from __future__ import annotations

import os
from pathlib import Path

RULES_DIR = Path(__file__).resolve().parents[2] / ".pytest_cache" / "rules"


def rules_environment() -> dict[str, str]:
    """Return what makes commands use the shared rules."""
    return {"SHARDGATE_RULES_DIR": str(shared_rules())}


def shared_rules() -> Path:
    """Return the shared folder, private as the engines want it."""
    RULES_DIR.mkdir(parents=True, exist_ok=True)
    RULES_DIR.chmod(0o700)
    return RULES_DIR


def use_shared_rules() -> None:
    """Make contexts of this process and of its children use the shared rules."""
    os.environ.update(rules_environment())
