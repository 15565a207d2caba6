"""The pipeline: what happens to a repository between registration and release, in order.

Each stage is a function of (context, job, progress). What it returns are the jobs that follow from
its own result; what must wait for others (`after`) is added by `workers.runner` once every job of
the awaited stages has ended, by counting rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from store.catalog import ClaimedJob, JobSpec
from workers import stages
from workers.context import Context
from workers.sandbox import Progress

Run = Callable[[Context, ClaimedJob, Progress], Sequence[JobSpec]]


class Scope(StrEnum):
    """What a barrier waits for: the jobs of one repository, or of the whole run."""

    REPOSITORY = "repository"
    CORPUS = "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the path."""

    name: str
    run: Run
    does: str
    """One line for people; shown by progress displays and the documentation."""
    awaits: tuple[str, ...] = ()
    """Stages whose jobs must all have ended; empty: the stage follows from a job's result."""
    scope: Scope = Scope.REPOSITORY


PIPELINE: tuple[Stage, ...] = (
    Stage(
        name="mirror",
        run=stages.mirror,
        does="bring the bare mirror up to date and write the visit",
    ),
    Stage(
        name="snapshot",
        run=stages.snapshot,
        does="list every entry of the HEAD tree, with the reason where one is skipped",
    ),
    Stage(
        name="refresh",
        run=stages.refresh,
        does="list what is to be scanned again because rules changed; snapshots stand",
    ),
    Stage(
        name="detect",
        run=stages.detect,
        does="scan the blobs that lack facts, each read once, by the families they lack",
    ),
    Stage(
        name="provenance",
        run=stages.provenance,
        does="join facts over the tree: whose file is this, under which license scope",
        awaits=("mirror", "snapshot", "refresh", "detect"),
    ),
    Stage(
        name="decide",
        run=stages.decide,
        does="evaluate the policy over every occurrence of every repository",
        awaits=("mirror", "snapshot", "refresh", "detect", "provenance"),
        scope=Scope.CORPUS,
    ),
    Stage(
        name="recall",
        run=stages.recall,
        does="take back what is out and may not be used any more",
    ),
    Stage(
        name="build",
        run=stages.build,
        does="write, scan again, sign and publish one tier's shards",
    ),
)

STAGES = {stage.name: stage for stage in PIPELINE}
