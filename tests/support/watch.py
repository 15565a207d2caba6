"""Servers that a test session started end with it, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import os, shutil, sys, time
from pathlib import Path

sys.stdin.read()
number, folder, removed, *names = sys.argv[1:]
files = [Path(folder) / name for name in names]
for file in files:
    try:
        os.killpg(int(file.read_text().split()[0]), int(number))
    except (OSError, ValueError, IndexError):
        pass
if removed:
    for _ in range(100):  # a server takes its file away as it ends
        if not any(file.exists() for file in files):
            break
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)
"""


@contextmanager
def ended_with_us(
    folder: Path, *names: str, number: signal.Signals, is_removed: bool = False
) -> Iterator[None]:
    """Signal the process groups of files below a folder once this process is gone.

    The folder goes too if it is to be removed.

    The files hold a process id first, as those of PostgreSQL and of the embedded stack do. A
    process that is ended by SIGTERM or SIGKILL, as the workers of an interrupted run are, comes to
    no `finally`; but its end of a pipe closes. At the end of the block the files must be gone, or
    what they name is ended too.
    """
    watcher = subprocess.Popen(
        [
            *(sys.executable, "-S", "-c", _PROGRAM),
            *(str(int(number)), str(folder), "removed" if is_removed else "", *names),
        ],
        stdin=subprocess.PIPE,
        # Ctrl-C in a terminal reaches all of its foreground processes.
        start_new_session=True,
    )
    assert watcher.stdin is not None
    try:
        yield
    finally:
        watcher.stdin.close()
        watcher.wait()
