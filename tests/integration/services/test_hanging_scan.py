"""kill -9 on a worker whose scan hangs: the scan goes with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import (
    Installation,
    environment,
    stopped_at_the_end,
)
from tests.support.commands import ROOT, shardgate_argv
from tests.support.gitrepo import build_repository
from workers import embedded

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked by prctl"),
]

LONG = b"".join(b"mail_%d = 'mara.ostrow%d@brightharbor.io'\n" % (n, n) for n in range(40_000))
"""Takes seconds to scan: every line has something to be found."""
_UNDER_WAY_SECONDS = 0.05
"""Processor time that no process takes before it scans."""


@pytest.mark.timeout(300)
def test_a_scan_that_hangs_ends_with_the_worker_process_that_began_it(tmp_path: Path) -> None:
    installation = Installation(home=tmp_path / "state")
    build_repository(tmp_path / "source", [{b"long.py": LONG}])
    installation.run(
        *("repo", "add", str(tmp_path / "source"), "--owner=o", "--rights=license"),
        *("--license=MIT", "--evidence=e", "--no-release-consent"),
    )
    with syncing(installation):
        scan = stop_a_scan(installation, time.monotonic() + 180)
        os.kill(scan.ppid(), signal.SIGKILL)
        psutil.wait_procs([scan], timeout=10)
        assert not scan.is_running() or scan.status() == psutil.STATUS_ZOMBIE


@contextlib.contextmanager
def syncing(installation: Installation) -> Iterator[None]:
    """Work on all repositories with real worker processes for the length of a block."""
    with stopped_at_the_end(installation):
        installation.run("up", "--no-web")
        command = subprocess.Popen(
            shardgate_argv("sync"),
            cwd=ROOT,
            env=environment(installation.home),
            stdout=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            command.kill()
            command.wait()


def stop_a_scan(installation: Installation, deadline: float) -> psutil.Process:
    """Stop the process in which a pool process of the worker scans: it hangs from then on."""
    state = next(s for s in embedded.status(installation.settings) if s.name == embedded.WORKER)
    worker = psutil.Process(state.pid)
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.NoSuchProcess):
            for scan in (child for pool in worker.children() for child in pool.children()):
                # A fork runs the program of its parent; git is another.
                is_fork = scan.cmdline() == worker.cmdline()
                if is_fork and sum(scan.cpu_times()[:2]) >= _UNDER_WAY_SECONDS:
                    scan.suspend()
                    return scan
        time.sleep(0.01)
    raise AssertionError("no scan was ever seen running")
