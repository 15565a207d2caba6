"""kill -9 in the middle of a stage: the run completes, and the bytes are the same.

One run dies in three stages here, and one in each under `make soak`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.decision import Tier
from tests.integration.conftest import (
    Installation,
    environment,
    stopped_at_the_end,
)
from tests.support.commands import ROOT, shardgate_argv
from workers import embedded
from workers.pipeline import PIPELINE

pytestmark = [pytest.mark.integration, pytest.mark.slow]

STAGES = [stage.name for stage in PIPELINE if stage.name != "refresh"]


def kill_in(installation: Installation, process: str, stage: str, deadline: float) -> None:
    """Wait until a job of the stage runs, and kill a process with all its children."""
    database = sqlite3.connect(f"file:{installation.home}/catalog.sqlite?mode=ro", uri=True)
    query = "select count(*) from jobs where stage = ? and state = 'running'"
    with contextlib.closing(database):
        while not database.execute(query, (stage,)).fetchone()[0]:
            assert time.monotonic() < deadline, f"no job of {stage} was ever seen running"
            time.sleep(0.001)
    state = next(s for s in embedded.status(installation.settings) if s.name == process)
    assert state.pid is not None
    os.killpg(state.pid, signal.SIGKILL)


WORKER, BROKER = embedded.WORKER, embedded.BROKER


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "kills",
    [
        pytest.param([(WORKER, "detect"), (BROKER, "decide"), (WORKER, "build")], id="one-by-one"),
        *(
            pytest.param([(process, stage)], id=f"{process},{stage}", marks=pytest.mark.soak)
            for process in (WORKER, BROKER)
            for stage in STAGES
        ),
    ],
)
def test_a_killed_run_completes_with_identical_shards(
    installed: Installation,
    registered: Installation,
    tmp_path: Path,
    kills: list[tuple[str, str]],
) -> None:
    disturbed = Installation(home=tmp_path / "state")
    with disturbed_run(installed, disturbed, registered):
        for process, stage in kills:
            kill_in(disturbed, process, stage, time.monotonic() + 90)
            if process == BROKER:
                # It has lost all messages: that no job is lost is the catalog's doing.
                shutil.rmtree(disturbed.settings.run_dir / "appendonlydir")
            disturbed.run("up", "--no-web")
    assert_same_releases(installed, disturbed)


@contextlib.contextmanager
def disturbed_run(
    installed: Installation, disturbed: Installation, registered: Installation
) -> Iterator[None]:
    """Start the whole path with the keys of another installation, and wait for its end."""
    shutil.copytree(registered.home, disturbed.home)
    # The same keys: identities and ruleset digests are keyed.
    shutil.copytree(installed.home / "keys", disturbed.home / "keys", dirs_exist_ok=True)
    with stopped_at_the_end(disturbed):
        command = subprocess.Popen(
            shardgate_argv("sync", "--build"),
            cwd=ROOT,
            env=environment(disturbed.home),
            stdout=subprocess.DEVNULL,
        )
        try:
            yield
            assert command.wait(timeout=240) == 0
        finally:
            command.kill()
            command.wait()


def assert_same_releases(installed: Installation, disturbed: Installation) -> None:
    """Compare two installations shard by shard."""
    assert not disturbed.context.jobs.parked()
    for tier in Tier:
        expected = {p.name: p.read_bytes() for p in installed.shards(tier)}
        assert {p.name: p.read_bytes() for p in disturbed.shards(tier)} == expected
        assert disturbed.release(tier).name == installed.release(tier).name
