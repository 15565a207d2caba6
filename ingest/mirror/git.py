"""The one way in which this system runs git.

No other module starts git; nothing here reads the caller's environment or configuration. What a
call may say stands in `ingest.mirror.arguments`, what every call is told in
`ingest.mirror.environment`, and how a process is held in `ingest.mirror.process`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import IO, Final

from ingest.domain.problem import Problem
from ingest.domain.secret import Secret
from ingest.errors import ConfigurationError, Quarantined, ShardgateError
from ingest.mirror.arguments import CONFIG_KEYS, build_arguments
from ingest.mirror.environment import (
    CONFIG,
    SEARCH_PATH,
    Transport,
    build_environment,
    is_safe_version,
    parse_version,
)
from ingest.mirror.failures import explain_failure, redact
from ingest.mirror.process import EXTRA_FD, GitProcess, ProcessSpec
from ingest.mirror.record import CommandRecord

Held = Callable[[str], ShardgateError | None]
"""Tells whether traffic to a host has to stop now: the error to raise, or None."""

_CHUNK_BYTES: Final = 1 << 20
_HELPER: Final = f'!f() {{ test "$1" = get && cat <&{EXTRA_FD}; }}; f'
"""Only the number of a pipe is visible; the pipe is empty after its first reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLimits:
    """Hard limits of one git process."""

    wall_seconds: float = 3600.0
    cpu_seconds: int = 3600
    file_bytes: int = 32 * 2**30
    """Largest file git may write, so the largest pack it may receive."""
    address_bytes: int = 32 * 2**30
    """Address space; generous, because git maps whole packs."""
    output_bytes: int = 256 * 2**20
    """Most that a call may print where its output is held in memory."""
    answer_seconds: float = 300.0
    """Longest wait for one answer of a long-lived reader."""
    refs: int = 200_000
    """Most refs that a source may advertise."""
    packs: int = 50
    """A mirror with more packs than this is repacked; every fetch adds one."""


class Extent(StrEnum):
    """How much of a source is mirrored. The lesser ones are for a mirror that is used once."""

    ALL = "all"
    HEAD = "head"
    """What HEAD reaches, and no other ref."""
    HEAD_TREE = "head-tree"
    """The commit that HEAD names, without those before it."""
    SMALL_FILES = "small-files"
    """As `HEAD_TREE`, without blobs of more than 256 KiB, where the server can leave them out."""
    NAMES = "names"
    """As `HEAD_TREE`, without any blob, where the server can leave them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitSettings:
    """What an installation decides about git."""

    allow_hosts: frozenset[str] = frozenset()
    """Host names, lower case, that may resolve to private or loopback addresses."""
    allow_local: bool = False
    """Whether ``file:`` URLs may be mirrored."""
    known_hosts: Path | None = None
    """OpenSSH known hosts file; without it every ssh host is refused."""
    ca_file: Path | None = None
    """PEM file of the company's certificate authorities; None: the system's."""
    limits: GitLimits = field(default_factory=GitLimits)
    extent: Extent = Extent.ALL
    """How much of a source is mirrored."""
    credential_hosts: frozenset[tuple[str, str]] | None = None
    """Pairs of a credential reference and a host that may be given it; None: any host may."""
    own_secrets: frozenset[Path] = frozenset()
    """Files and folders that are given to no host, without links."""
    held: Held | None = None
    """Asked before a process that reaches a host is started, and while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitCall:
    """One call, to be checked against the list of allowed arguments."""

    subcommand: str
    options: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()
    git_dir: Path | None = None
    transport: Transport | None = None
    """How to reach the remote; None: no protocol is allowed."""
    request: bytes | None = None
    """Bytes for stdin; None: empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitResult:
    """How a call ended."""

    returncode: int
    stdout: bytes
    message: str
    """Redacted stderr, at most 4 KiB."""


class Git:
    """Runs git calls under one set of limits."""

    def __init__(
        self,
        limits: GitLimits | None = None,
        *,
        held: Held | None = None,
        record: CommandRecord | None = None,
    ) -> None:
        """Take the limits; git is looked up and its version checked at the first call."""
        self.limits = limits or GitLimits()
        self._held = held
        self._record = record or CommandRecord()

    @cached_property
    def executable(self) -> str:
        """Full path of git.

        Raises:
            ConfigurationError: there is none, or it lacks security fixes that are relied on.
        """
        path = _find_executable()
        _check_once(path, _mark(path))
        return path

    def run(self, call: GitCall) -> GitResult:
        """Run a call to its end and return what it printed, whatever the exit status.

        Raises:
            ResourceExhausted: a time limit passed.
            Quarantined: it printed more than `GitLimits.output_bytes`.
        """
        with self.open(call) as process:
            stdout = _read_all(process, self.limits.output_bytes)
            returncode = process.wait()
            return GitResult(returncode=returncode, stdout=stdout, message=redact(process.message))

    def check(self, call: GitCall) -> bytes:
        """Run a call that has to succeed and return its output.

        Raises:
            ShardgateError: what `explain_failure` makes of git's message.
        """
        result = self.run(call)
        if result.returncode:
            reference = call.transport.reference if call.transport else ""
            raise explain_failure(result.message, reference=reference, returncode=result.returncode)
        return result.stdout

    @contextlib.contextmanager
    def open(self, call: GitCall) -> Iterator[GitProcess]:
        """Start a call and hand out the running process; it is dead when the block ends.

        Raises:
            ShardgateError: traffic to the host has to stop; no process was started.
        """
        held = self._held_of(call)
        if held is not None and (reason := held()) is not None:
            raise reason
        with contextlib.ExitStack() as stack:
            stdin = stack.enter_context(_request_file(call.request))
            descriptor = stack.enter_context(_credential_pipe(call.transport))
            process = self._start(call, stdin, descriptor)
            argv = [call.subcommand, *call.options, *call.operands]
            yield stack.enter_context(self._record.watching(argv, process))

    def serve(self, call: GitCall) -> GitProcess:
        """Start a long-lived reader of one of our own mirrors; the caller closes it."""
        return self._start(call, subprocess.PIPE, None, is_server=True)

    def _start(
        self,
        call: GitCall,
        stdin: IO[bytes] | int,
        descriptor: int | None,
        *,
        is_server: bool = False,
    ) -> GitProcess:
        limits = self.limits
        spec = ProcessSpec(
            argv=[self.executable, *self._arguments(call, has_credential=descriptor is not None)],
            environment=build_environment(call.transport),
            file_bytes=limits.file_bytes,
            cpu_seconds=-1 if is_server else limits.cpu_seconds,
            address_bytes=limits.address_bytes,
            wall_seconds=limits.answer_seconds if is_server else limits.wall_seconds,
            is_server=is_server,
            stdin=stdin,
            extra_fd=-1 if descriptor is None else descriptor,
            held=self._held_of(call),
        )
        return GitProcess(spec)

    def _held_of(self, call: GitCall) -> Callable[[], ShardgateError | None] | None:
        """Return what to ask for the length of a call; None for one that reaches no host."""
        if self._held is None or call.transport is None or not call.transport.host:
            return None
        return partial(self._held, call.transport.host)

    @staticmethod
    def _arguments(call: GitCall, *, has_credential: bool) -> list[str]:
        arguments = build_arguments(call.subcommand, call.options, call.operands)
        config = list(CONFIG)
        if call.transport:
            config += call.transport.config
        if has_credential:
            config.append(("credential.helper", _HELPER))
        added = {key for key, _ in config[len(CONFIG) :]}
        if not added <= CONFIG_KEYS:
            raise ValueError("a configuration key is not on the list of allowed ones")
        flags = [part for key, value in config for part in ("-c", f"{key}={value}")]
        place = [f"--git-dir={call.git_dir}"] if call.git_dir else []
        return [*flags, *place, *arguments]


def git_version() -> str:
    """Return the version of the git that will be used, for example ``2.39.5``.

    Raises:
        ConfigurationError: there is no git, or it lacks security fixes that are relied on.
    """
    return _check_version(_find_executable())


def _find_executable() -> str:
    path = shutil.which("git", path=SEARCH_PATH)
    if path is None:
        raise ConfigurationError("git is not installed.", hint=f"Looked in {SEARCH_PATH}.")
    return path


def _mark(path: str) -> tuple[int, int, int]:
    stat = os.stat(path)  # noqa: PTH116 - the file as it stands now
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=8)
def _check_once(path: str, mark: tuple[int, int, int]) -> str:
    """Check the version of one file once in a process; another file has another mark."""
    del mark
    return _check_version(path)


def _check_version(path: str) -> str:
    spec = ProcessSpec(
        argv=[path, "version"],
        environment=build_environment(None),
        file_bytes=0,
        cpu_seconds=10,
        address_bytes=-1,
        wall_seconds=30,
    )
    with GitProcess(spec) as process:
        text = _read_all(process, _CHUNK_BYTES).decode("utf-8", "replace")
        process.wait()
    return require_safe_version(text)


def require_safe_version(text: str) -> str:
    """Return the version in the output of ``git version``.

    Raises:
        ConfigurationError: the version is too old or cannot be read.
    """
    version = parse_version(text)
    if version is None or not is_safe_version(version):
        raise ConfigurationError(
            f"This git is not safe enough: {redact(text.encode()).strip() or 'no version'}.",
            hint="Install 2.50.1 or later, 2.43.7 or later of its line, or Debian's 2.39.5.",
        )
    return ".".join(map(str, version))


def _read_all(process: GitProcess, most: int) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while chunk := process.stdout.read1(_CHUNK_BYTES):
        total += len(chunk)
        if total > most:
            raise Quarantined(
                f"git printed more than {most} bytes about this repository.",
                code=Problem.TOO_LARGE.value,
            )
        chunks.append(chunk)
    return b"".join(chunks)


@contextlib.contextmanager
def _request_file(request: bytes | None) -> Iterator[IO[bytes] | int]:
    """Give a request as a file: unlike a pipe it cannot fill up and block us."""
    if request is None:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(request)
        file.seek(0)
        yield file


@contextlib.contextmanager
def _credential_pipe(transport: Transport | None) -> Iterator[int | None]:
    """Put the credential into a pipe that only the started process inherits."""
    if transport is None or transport.credential is None:
        yield None
        return
    reading, writing = os.pipe()
    try:
        try:
            os.write(writing, _credential_lines(transport.credential))
        finally:
            os.close(writing)
        yield reading
    finally:
        os.close(reading)


def _credential_lines(credential: Secret) -> bytes:
    # the one place that takes a credential out of its wrapper, on its way into the pipe
    value: bytes = credential._value  # noqa: SLF001
    return value
