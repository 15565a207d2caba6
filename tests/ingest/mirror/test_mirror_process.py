from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.errors import ResourceExhausted
from ingest.mirror.process import EXTRA_FD, GitProcess, ProcessSpec
from tests.support.until import comes_true


def start(script: str, **changes: object) -> GitProcess:
    fields: dict[str, object] = {
        "argv": ["/bin/sh", "-c", script],
        "environment": {"PATH": os.defpath},
        "file_bytes": 1 << 20,
        "cpu_seconds": 10,
        "address_bytes": 4 << 30,
        "wall_seconds": 20,
    }
    return GitProcess(ProcessSpec(**(fields | changes)))  # type: ignore[arg-type]


def read(process: GitProcess) -> bytes:
    with process:
        data = process.stdout.read()
        process.wait()
    return data


def test_output_messages_and_status_are_kept_apart() -> None:
    with start("echo out; echo err >&2; exit 3") as process:
        assert process.stdout.read() == b"out\n"
        assert process.wait() == 3
    assert process.message == b"err\n"


def test_the_environment_is_the_one_given() -> None:
    assert set(read(start("/usr/bin/env")).split()) >= {b"PATH=" + os.defpath.encode()}
    assert b"HOME" not in read(start("/usr/bin/env"))


def test_nothing_is_added_to_the_environment() -> None:
    shown = read(start("", argv=["/usr/bin/env"]))
    # One shell tells by this what it runs.
    assert set(shown.split()) - {b"_=/usr/bin/env"} == {b"PATH=" + os.defpath.encode()}


LOWERED = """
import resource
from ingest.mirror.process import GitProcess, ProcessSpec
resource.setrlimit(resource.RLIMIT_CPU, (7, 7))
limits = {"file_bytes": 1 << 20, "cpu_seconds": %d, "address_bytes": -1, "wall_seconds": 20}
argv = ["/bin/sh", "-c", "ulimit -t; ulimit -v"]
with GitProcess(ProcessSpec(argv=argv, environment={}, **limits)) as process:
    print(process.stdout.read().decode(), end="")
    process.wait()
"""


@pytest.mark.parametrize("seconds", [-1, 10])
def test_a_lower_limit_of_the_caller_holds(seconds: int) -> None:
    code = [sys.executable, "-c", LOWERED % seconds]
    shown = subprocess.run(code, check=True, stdout=subprocess.PIPE).stdout
    assert shown.split() == [b"7", b"unlimited"]


def test_the_limits_hold_inside() -> None:
    shown = read(start("ulimit -f; ulimit -t; ulimit -v; ulimit -c"))
    assert shown.split() == [b"2048", b"10", b"4194304", b"0"]


def test_stdin_is_empty() -> None:
    assert read(start("cat; echo end")) == b"end\n"


def test_messages_are_cut_and_never_block() -> None:
    with start("head -c 300000 /dev/zero >&2; echo done") as process:
        assert process.stdout.read() == b"done\n"
        assert process.wait() == 0
    assert len(process.message) == 4096


def test_messages_after_the_end_of_output_never_block() -> None:
    with start("exec >&-; head -c 300000 /dev/zero >&2; exit 4") as process:
        assert process.stdout.read() == b""
        assert process.wait() == 4


@pytest.mark.parametrize("script", ["sleep 30", "exec >&-; sleep 30", "while :; do :; done"])
def test_the_deadline_ends_the_whole_group(script: str) -> None:
    started = time.monotonic()
    with pytest.raises(ResourceExhausted):
        read(start(f"sleep 30 & {script}", wall_seconds=0.3))
    assert time.monotonic() - started < 5


def test_grandchildren_end_with_the_child(tmp_path: Path) -> None:
    with start(f"sleep 30 >/dev/null 2>&1 & echo $! > {tmp_path / 'pid'}; echo x") as process:
        assert process.stdout.read() == b"x\n"
        assert process.wait() == 0
    pid = int((tmp_path / "pid").read_text())
    assert comes_true(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_may_live_long_but_must_answer_soon() -> None:
    script = "for i in 1 2 3 4; do sleep 0.2; echo $i; done; sleep 30"
    with start(script, wall_seconds=0.6, is_server=True) as process:
        assert [process.stdout.readline() for _ in range(4)] == [b"1\n", b"2\n", b"3\n", b"4\n"]
        with pytest.raises(ResourceExhausted):
            process.stdout.readline()


def test_an_extra_descriptor_has_a_fixed_number() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"handed over")
    os.close(writing)
    try:
        assert read(start(f"cat <&{EXTRA_FD}", extra_fd=reading)) == b"handed over"
    finally:
        os.close(reading)


def test_no_descriptor_is_left_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        read(start("echo x"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
