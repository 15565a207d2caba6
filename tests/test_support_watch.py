"""What a test session starts ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
SESSION = """
import signal, subprocess, sys, time
from pathlib import Path
from tests.support.watch import ended_with_us

folder = Path(sys.argv[1])
with ended_with_us(folder, "server.pid", number=signal.SIGKILL, is_removed=True):
    server = subprocess.Popen(["sleep", "600"], start_new_session=True, stdout=subprocess.DEVNULL)
    (folder / "server.pid").write_text(f"{server.pid} mark")
    print(server.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_and_its_folder_go_with_the_session(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    session = subprocess.Popen(
        [sys.executable, "-c", SESSION, str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert session.stdout is not None
    server = psutil.Process(int(session.stdout.readline()))
    session.send_signal(number)
    session.wait(timeout=30)
    session.stdout.close()
    psutil.wait_procs([server], timeout=30)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
