"""Tests start the command as a user has it."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.support.commands import ROOT, user_environment


def names(file: str) -> set[str]:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    return set(re.findall(r"^([\w-]+)==", text, flags=re.MULTILINE))


def test_a_process_of_a_test_has_nothing_that_only_developers_have() -> None:
    seen = (
        "from contextlib import suppress\n"
        "for name in ('boto3', 'pandas', 'pyarrow'):\n"
        "    with suppress(ModuleNotFoundError):\n"
        "        __import__(name)\n"
        "        print(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", seen],
        env=user_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["pyarrow"]
    assert {"boto3", "pandas"} <= names("dev.txt") - names("run.txt")
