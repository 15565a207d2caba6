from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workers.marks import start_mark
from workers.runner import is_dead, owner_name


def test_a_running_process_is_not_dead() -> None:
    assert not is_dead(owner_name())


def test_an_owner_on_another_host_is_never_called_dead() -> None:
    assert not is_dead(owner_name(host="elsewhere"))


def test_a_process_that_ended_is_dead_even_while_nobody_has_collected_it() -> None:
    # It waits until its mark was taken.
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        owner = owner_name().rsplit(":", 2)[0] + f":{process.pid}:{start_mark(process.pid)}"
        assert not is_dead(owner)
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        while start_mark(process.pid):
            pass
        assert is_dead(owner)
    assert is_dead(owner)


def test_a_process_id_that_was_given_to_another_process_is_dead() -> None:
    host, pid, mark = owner_name().rsplit(":", 2)
    assert is_dead(f"{host}:{pid}:{int(mark) - 1}")


@pytest.mark.parametrize("owner", ["", "host", "a:b:c"])
def test_a_malformed_owner_is_left_to_its_lease(owner: str) -> None:
    assert not is_dead(owner)


def test_two_processes_have_different_names() -> None:
    code = "from workers.runner import owner_name; print(owner_name())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert other.stdout.strip() != owner_name()
