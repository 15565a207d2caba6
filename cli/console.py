"""What the command prints: safe text, tables and the progress of a run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from policies.report.escape import display_path

if TYPE_CHECKING:
    from store.catalog import StageCount
    from workers.context import Context

out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)

_REFRESH_SECONDS = 0.1
_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


def announce_compiling(cache_dir: Path) -> None:
    """Say on standard error that rules are about to be compiled, where they are not yet."""
    from workers.rulepacks import are_compiled  # noqa: PLC0415 - brings detectors along

    if not are_compiled(cache_dir):
        err.print("compiling detection rules (once, half a minute)")


class ByteProgress(Protocol):
    """Told of bytes."""

    def __call__(self, done: int, total: int) -> None:
        """Show bytes done of bytes in all."""
        ...


def safe(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction characters escaped."""
    return display_path(text.encode("utf-8", "surrogateescape"))


def human_bytes(count: int) -> str:
    """Return a byte count for people, in SI units."""
    size = float(count)
    for unit in _UNITS:
        if size < _STEP or unit == _UNITS[-1]:
            break
        size /= _STEP
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, whole: int = 0
) -> None:
    """Print a table; numbers stand right, text left, and every cell is made safe.

    The first `whole` columns are never broken into lines: ids that people copy.
    """
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    body = [list(row) for row in rows]
    for index, name in enumerate(columns):
        is_number = bool(body) and all(isinstance(row[index], int) for row in body)
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=index < whole)
    for row in body:
        table.add_row(*(_cell(value) for value in row))
    out.print(table)


def _cell(value: object) -> Text:
    return Text(f"{value:,}" if isinstance(value, int) else safe(str(value)))


def wait_for_run(context: Context, run_id: str) -> None:
    """Show the stages of a run until it has ended."""
    started = time.monotonic()
    with Live(console=out, refresh_per_second=8, transient=not out.is_terminal) as live:
        while True:
            counts = context.jobs.counts(run_id)
            live.update(_progress_table(counts, time.monotonic() - started))
            if context.jobs.is_finished(run_id):
                return
            time.sleep(_REFRESH_SECONDS)


@contextmanager
def byte_progress(what: str) -> Iterator[ByteProgress]:
    """Show a bar over bytes for the length of a block; call the value with (done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show


def _progress_table(counts: Iterable[StageCount], seconds: float) -> Table:
    from workers.pipeline import PIPELINE  # noqa: PLC0415 - brings every stage along

    table = Table(box=None, pad_edge=False, header_style="bold", title=None)
    for name in ("stage", "done", "running", "waiting", "parked", "items"):
        table.add_column(name, justify="left" if name == "stage" else "right", min_width=7)
    by_stage: dict[str, dict[str, int]] = {}
    items: dict[str, list[int]] = {}
    for count in counts:
        by_stage.setdefault(count.stage, {})[count.state] = count.count
        item = items.setdefault(count.stage, [0, 0])
        item[0] += count.progress_done
        item[1] += count.progress_total
    for stage in PIPELINE:
        states = by_stage.get(stage.name, {})
        done, total = items.get(stage.name, [0, 0])
        table.add_row(
            stage.name,
            *(str(states.get(state, 0) or "·") for state in ("done", "running", "ready", "parked")),
            f"{done:,}/{total:,}" if total else "",
        )
    table.add_row(f"{seconds:.1f} s", "", "", "", "", "")
    return table
