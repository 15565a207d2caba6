"""The ``shardgate`` command as tests start it: in a process, and a path, of a user's."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.rules import rules_environment

ROOT: Final = Path(__file__).resolve().parents[2]
_INSTALLED: Final = Path(__file__).parent / "installed"
_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.support.preloaded"])


def shardgate_argv(*arguments: str) -> list[str]:
    """Return the command line of the command."""
    return [sys.executable, "-c", "from cli.main import main; main()", *arguments]


def user_environment(**more: str) -> dict[str, str]:
    """Return what a user's process sees: no variable of the test run but the search path.

    The compiled rules are those that all tests share; `sitecustomize` takes away what only
    developers have.
    """
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{_INSTALLED}{os.pathsep}{ROOT}"}
    # Beside other tests a worker that gives way to all of them would hardly get on.
    own["SHARDGATE_WORKER_NICE"] = "0"
    return own | rules_environment() | more


def run_shardgate(
    *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in a process of its own whose imports were made before.

    They take more than a second of each start. Processes that a test has to stop, or to talk to,
    are started with `shardgate_argv`.

    Raises:
        subprocess.TimeoutExpired: it did not end in `timeout` seconds, and was killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        place = (str(cwd), str(out), str(err))
        process = _FORKS.Process(target=_be_shardgate, args=(arguments, dict(env), place))
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        code = process.exitcode
        process.close()
        return subprocess.CompletedProcess(
            arguments, -1 if code is None else code, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _be_shardgate(
    arguments: tuple[str, ...], env: dict[str, str], place: tuple[str, str, str]
) -> None:
    """Become what a shell would have started."""
    cwd, *files = place
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, name in enumerate(files, 1):
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    # Consoles look at their surroundings when they are made.
    for name in [name for name in sys.modules if name.partition(".")[0] == "cli"]:
        del sys.modules[name]
    sys.argv = ["shardgate", *arguments]
    from cli.main import main

    main()
