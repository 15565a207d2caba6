"""One git process: own session, hard limits, a deadline, bounded messages, nothing left behind."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Self

from ingest.domain.problem import Problem
from ingest.errors import ResourceExhausted, ShardgateError

# Another program sets the limits and becomes git, so that they hold before git's first
# instruction; code between fork and exec would be unsafe in a process with threads. SIGXFSZ is
# ignored, which makes git say "File too large" instead of dying without a word.
_INTERPRETER = """
import os, resource, _signal, sys
for name, text in zip(("FSIZE", "CPU", "AS", "CORE"), sys.argv[1:5]):
    kind = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(kind)[1]
    value = int(text)
    if hard != resource.RLIM_INFINITY:
        value = hard if value < 0 else min(value, hard)
    resource.setrlimit(kind, (value, value))
_signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
extra = int(sys.argv[5])
if extra >= 0:
    os.dup2(extra, 9)
    if extra != 9:
        os.close(extra)
os.execv(sys.argv[6], sys.argv[6:])
"""
# A shell starts in a tenth of the time of an interpreter. It may not know descriptors of more
# than one digit, and outside Linux it may not know `-v`. What it sets of its own is unset.
_SHELL = """
trap "" XFSZ
ulimit -f "$1" && ulimit -t "$2" && ulimit -v "$3" && ulimit -c 0 || exit 125
shift 3
unset PWD OLDPWD SHLVL
exec "$@"
"""
_FILE_UNIT, _ADDRESS_UNIT = 512, 1024
"""Bytes in which ``ulimit`` counts: the first by POSIX, the second in every shell that has it."""
EXTRA_FD = 9
"""Fixed, and one digit, because a POSIX shell need not know descriptors of more digits."""
_PIPE_BYTES = 1 << 20
_MESSAGE_BYTES = 4096
_POLL_SECONDS = 0.002
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """What to start: a full argument list, a full environment, and its limits."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    file_bytes: int
    cpu_seconds: int
    """-1: no limit, for a process that serves requests for as long as it is asked."""
    address_bytes: int
    wall_seconds: float
    """Until the process must have ended, or, for a server, until each answer must come."""
    is_server: bool = False
    stdin: IO[bytes] | int = subprocess.DEVNULL
    held: Callable[[], ShardgateError | None] | None = None
    """Asked every second at least; what it returns ends the process and is raised."""
    extra_fd: int = -1
    """Descriptor that the process inherits as `EXTRA_FD`; -1: none."""


def _launcher(spec: ProcessSpec) -> list[str]:
    """Return the command that sets the limits and then becomes what stands behind it."""
    if sys.platform != "linux" or spec.extra_fd >= 0:
        limits = (spec.file_bytes, spec.cpu_seconds, spec.address_bytes, 0, spec.extra_fd)
        return [sys.executable, "-I", "-S", "-c", _INTERPRETER, *map(str, limits)]
    return [
        *("/bin/sh", "-c", _SHELL, "git"),
        _ulimit(resource.RLIMIT_FSIZE, spec.file_bytes, _FILE_UNIT),
        _ulimit(resource.RLIMIT_CPU, spec.cpu_seconds, 1),
        _ulimit(resource.RLIMIT_AS, spec.address_bytes, _ADDRESS_UNIT),
    ]


def _ulimit(kind: int, value: int, unit: int) -> str:
    """Return a limit for ``ulimit``: never above the hard one that we have; below 0 is none."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = hard if value < 0 else min(value, hard)
    return "unlimited" if value < 0 else str(value // unit)


class GitProcess:
    """A running git. Reading `stdout` honours the deadline and keeps the first messages.

    Raises (on read or `wait`):
        ResourceExhausted: the deadline passed; the whole process group is dead.
        ShardgateError: what `ProcessSpec.held` returned; the process group is dead too.
    """

    def __init__(self, spec: ProcessSpec) -> None:
        """Start the process."""
        self._popen = subprocess.Popen(
            [*_launcher(spec), *spec.argv],
            env=dict(spec.environment),
            stdin=spec.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=() if spec.extra_fd < 0 else (spec.extra_fd,),
            bufsize=0,
            cwd="/",
        )
        self._spec = spec
        self._deadline = time.monotonic() + spec.wall_seconds
        self._message = bytearray()
        self._out = _descriptor(self._popen.stdout)
        self._err = _descriptor(self._popen.stderr)
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._err, select.POLLIN)
        self._is_err_open = True
        with contextlib.suppress(OSError):  # a smaller pipe is slower, not wrong
            fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self.stdout = io.BufferedReader(_PatientReader(self), _PIPE_BYTES)

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kill what still runs."""
        self.close()

    @property
    def message(self) -> bytes:
        """First 4 KiB of what git wrote to stderr; raw, to be redacted before use."""
        return bytes(self._message)

    @property
    def returncode(self) -> int | None:
        """Exit status; negative for a signal, None while it runs."""
        return self._popen.returncode

    def write(self, request: bytes) -> None:
        """Send a request to a server process; it must fit into an empty pipe.

        Raises:
            BrokenPipeError: the process has ended.
        """
        if self._popen.stdin is None:
            raise ValueError("the process was started without a request pipe")
        self._popen.stdin.write(request)

    def read_into(self, buffer: memoryview) -> int:
        """Fill the buffer with what stdout gives next; 0 at its end."""
        if self._spec.is_server:
            self._deadline = time.monotonic() + self._spec.wall_seconds
        while True:
            for descriptor, _ in self._poll.poll(self._remaining_milliseconds()):
                if descriptor == self._out:
                    return os.readv(self._out, [buffer])
                self._drain_message()

    def wait(self) -> int:
        """Return the exit status once stdout has ended; negative for a signal."""
        while self._popen.returncode is None and not _has_ended(self._popen.pid):
            self._remaining_milliseconds()
            self._drain_rest()  # a child that waits for room in a full pipe never ends
            time.sleep(_POLL_SECONDS)
        self.close()
        return self._popen.returncode

    def close(self) -> None:
        """Kill the process group, reap the child and close the pipes. May be called twice."""
        if self._popen.returncode is None:
            # before the child is reaped: until then nobody else can own its process group id
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            self._drain_rest()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _remaining_milliseconds(self) -> int:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            self.close()
            raise ResourceExhausted(
                f"git did not finish within {self._spec.wall_seconds:g} seconds and was stopped.",
                code=Problem.TIMEOUT.value,
            )
        if self._spec.held is not None:
            held = self._spec.held()
            if held is not None:
                self.close()
                raise held
            remaining = min(remaining, _LOOK_SECONDS)
        return int(remaining * 1000) + 1

    def _drain_message(self) -> None:
        chunk = os.read(self._err, _MESSAGE_BYTES)
        if not chunk:
            self._poll.unregister(self._err)
            self._is_err_open = False
        self._message += chunk[: _MESSAGE_BYTES - len(self._message)]

    def _drain_rest(self) -> None:
        os.set_blocking(self._err, False)
        with contextlib.suppress(BlockingIOError):
            while self._is_err_open:
                self._drain_message()


class _PatientReader(io.RawIOBase):
    """Raw side of `GitProcess.stdout`, so that buffering and line splitting run in C."""

    def __init__(self, process: GitProcess) -> None:
        self._process = process

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._process.read_into(memoryview(buffer))  # type: ignore[arg-type]


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe.fileno()


def _has_ended(pid: int) -> bool:
    """Tell whether the child has ended, without reaping it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
