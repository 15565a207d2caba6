"""The record of the git commands of one visit: what was run, how it ended, what it said."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ingest.domain.repository import GitCommand
from ingest.mirror.failures import redact
from ingest.mirror.process import GitProcess

MAX_COMMANDS: Final = 40
"""Commands kept of one visit; looking for the good refs of a broken source takes many."""
_MAX_OPERANDS: Final = 8
_LAST_LINES: Final = 5
_LINE_CHARS: Final = 300


@dataclass(slots=True)
class CommandRecord:
    """Notes commands as they end; the first and the last ones stay."""

    commands: list[GitCommand] = field(default_factory=list)

    @contextmanager
    def watching(self, argv: Sequence[str], process: GitProcess) -> Iterator[GitProcess]:
        """Run a block while the process lives and note how it ended."""
        started = time.monotonic()
        returncode = None
        try:
            with process:
                yield process
                returncode = process.returncode
        finally:
            self._note(
                GitCommand(
                    argv=shown_argv(argv),
                    returncode=returncode,
                    milliseconds=round((time.monotonic() - started) * 1000),
                    message=last_lines(process.message),
                )
            )

    def _note(self, command: GitCommand) -> None:
        if len(self.commands) >= MAX_COMMANDS:
            # the beginning tells how it came about, the end how it came out
            del self.commands[MAX_COMMANDS // 2]
        self.commands.append(command)


def shown_argv(argv: Sequence[str]) -> tuple[str, ...]:
    """Return arguments as they may be shown: of a path of this machine its last part."""
    shown = tuple(f"…/{part.rsplit('/', 1)[-1]}" if part[:1] == "/" else part for part in argv)
    more = len(shown) - _MAX_OPERANDS
    return shown if more <= 0 else (*shown[:_MAX_OPERANDS], f"… {more} more")


def last_lines(message: bytes) -> str:
    """Return the last lines of what git said, redacted."""
    lines = [line.strip() for line in redact(message).splitlines() if line.strip()]
    return "\n".join(line[:_LINE_CHARS] for line in lines[-_LAST_LINES:])
