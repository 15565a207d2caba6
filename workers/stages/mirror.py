"""Mirror and snapshot: from a registered URL to a list of every entry of its HEAD tree."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from ingest.domain.artefacts import SNAPSHOT
from ingest.domain.finding import Family
from ingest.domain.repository import VisitStatus
from ingest.errors import MirrorCorrupt, Quarantined, TerminalError
from ingest.mirror.fetch import mark_suspect, sync_mirror
from ingest.mirror.git import GitLimits, GitSettings
from store.catalog import ClaimedJob, JobSpec, RepositoryState
from workers.batches import cut_batches
from workers.context import Context
from workers.corpus import digest_of, missing_units
from workers.sandbox import Progress

_GOOD = (VisitStatus.FULL, VisitStatus.PARTIAL)


def mirror(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Visit one repository; a good visit with a commit is followed by its snapshot."""
    repository = context.catalog.find_by_id(job.scope)
    if repository is None:
        raise TerminalError(f"{job.scope} is not registered any more.")
    progress(0, 1)
    settings = context.settings
    visit = sync_mirror(
        repository,
        mirrors_dir=settings.mirrors_dir,
        settings=GitSettings(
            allow_hosts=frozenset(settings.allow_hosts),
            # What may be registered is decided at registration; a registered path is fetched.
            allow_local=repository.url.startswith("file:"),
            known_hosts=settings.known_hosts,
            ca_file=settings.ca_file,
            limits=GitLimits(wall_seconds=settings.git_timeout_seconds),
        ),
    )
    visit_id = context.catalog.add_visit(visit)
    progress(1, 1)
    if visit.status not in _GOOD:
        return ()
    return [JobSpec.of(run_id=job.run_id, stage="snapshot", scope=job.scope, subject=visit_id)]
