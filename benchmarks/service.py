"""The real service of a benchmark: PostgreSQL, Valkey, a worker and the web server, on loopback.

What `shardgate up` starts, by the same function, over a home of its own and, unless SQLite is
asked for, PostgreSQL from its wheel as in production.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from ingest.errors import ShardgateError
from tests.support.postgres import running_postgres
from workers import embedded
from workers.context import Context
from workers.settings import Settings

_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


@contextmanager
def running_service(
    *, sqlite: bool = False, web: bool = True, **more: str
) -> Iterator[tuple[Settings, Context]]:
    """Run the service in a temporary home; stop it and remove the home at the end.

    Args:
        sqlite: the catalog is the default one, not PostgreSQL.
        web: start the web server too.
        more: further settings, by name.
    """
    with (
        tempfile.TemporaryDirectory(prefix="shardgate-bench-") as folder,
        nullcontext() if sqlite else running_postgres() as server,
    ):
        values = {
            "home": str(Path(folder) / "home"),
            "allow_local": "true",
            "web_port": str(free_port()),
            "database_url": server.fresh_url() if server else "",
        }
        # The processes that are started take what the environment says, and so does this one.
        os.environ.update({f"SHARDGATE_{k.upper()}": v for k, v in (values | more).items()})
        settings = Settings()
        context = Context(settings=settings)
        _ = context.catalog, context.keys
        try:
            embedded.start(settings, with_web=web)
            yield settings, context
        finally:
            embedded.stop(settings)
            context.catalog.close()


def wait_for(context: Context, run_id: str, seconds: float = 1800.0) -> None:
    """Wait until a run has ended.

    Raises:
        SystemExit: something of it was parked, or it takes too long.
    """
    deadline = time.monotonic() + seconds
    while not context.jobs.is_finished(run_id):
        if time.monotonic() > deadline:
            raise SystemExit(f"{run_id} did not end: {context.jobs.counts(run_id)}")
        time.sleep(0.2)
    if parked := context.jobs.parked(run_id):
        raise SystemExit(f"parked: {[(job.stage, job.reason) for job in parked]}")


def pid_of(settings: Settings, name: str) -> int:
    """Return the process id of a part of the stack.

    Raises:
        ShardgateError: it does not run.
    """
    for state in embedded.status(settings):
        if state.name == name and state.pid is not None:
            return state.pid
    raise ShardgateError(f"{name} does not run.")


def family_of(pid: int) -> list[int]:
    """Return the ids of a process and of all that it and they have started."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [pid, *(found for child in text.split() for found in family_of(int(child)))]


def resident_mb(pids: Sequence[int]) -> float:
    """Return the resident memory of processes in MB (proc(5), ``statm``); ended ones count 0."""
    pages = 0
    for pid in pids:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
    return pages * _PAGE_KIB / 1024


def processor_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that processes have taken so far (proc(5), ``stat``)."""
    ticks = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            continue
        ticks += sum(map(int, text.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of loopback at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
