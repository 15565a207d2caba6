"""A process that works on a job queue until nothing is left; run by tests with ``-m``.

Arguments: catalog URL, run id, owner. Each ``leaf`` job is completed together with the barrier
that waits for all leaves.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from store.catalog import Barrier, Catalog, JobQueue, JobSpec, add_when_finished


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def work(url: str, run_id: str, owner: str) -> None:
    """Complete every job that can be claimed; print the ids of those that were completed."""
    catalog = Catalog(url)
    queue = JobQueue(catalog, now)
    spec = JobSpec.of(run_id=run_id, stage="root", scope="", subject="all")
    barrier = Barrier(awaits=("leaf",), scope=None, spec=spec)
    while (job := queue.claim_next(owner, 60)) is not None:
        queue.complete(job, then=lambda s: add_when_finished(s, run_id, barrier, now=now()))
        sys.stdout.write(f"{job.stage} {job.id}\n")
        sys.stdout.flush()
    catalog.close()


if __name__ == "__main__":
    work(*sys.argv[1:])
