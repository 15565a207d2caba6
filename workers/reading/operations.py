"""Operations: runs with their progress, as pages and API show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from store.asking import Filter, Query
from store.catalog import CatalogLists, JobState, Run, RunState, StageCount
from store.catalog.errands import Errand, ErrandBook, ErrandKind, ErrandState
from store.catalog.operation_lists import list_operations as stored_operations
from workers.context import Context, utc_now
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of

_KINDS: Final = ("sync", "release", *(kind.value for kind in ErrandKind))
FIELDS: Final[Mapping[str, Field]] = {
    "id": Field(does="Id of the operation."),
    "kind": Field(does="What it does.", kind=Kind.CHOICE, choices=_KINDS),
    "state": Field(
        does="How far it is.", kind=Kind.CHOICE, choices=tuple(state.value for state in RunState)
    ),
    "parked": Field(
        does="Whether a job of it waits for a person.", kind=Kind.CHOICE, choices=("yes", "no")
    ),
    "started": Field(does="When it was begun.", kind=Kind.MOMENT, is_sortable=True),
}
DEFAULT_SORT: Final = "-started"
_ERRAND: Final = "errand_"
_STATES: Final = {
    ErrandState.ASKED: RunState.RUNNING,
    ErrandState.RUNNING: RunState.RUNNING,
    ErrandState.DONE: RunState.DONE,
    ErrandState.FAILED: RunState.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """How far one stage of an operation is."""

    stage: str
    jobs: Mapping[JobState, int]
    """Every state has a number."""
    items_done: int
    items_total: int
    """Of what its jobs count: blobs, rows, bytes; 0 where they count nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedView:
    """A job that waits for a person; what it covers is not released."""

    id: str
    operation: str
    stage: str
    repository: str
    """Id; empty: the whole corpus."""
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """One journey of repositories through the pipeline."""

    id: str
    kind: str
    """sync | release; of an errand: preview | discover | impact | forecast | lift | unlock."""
    state: RunState
    created_at: datetime
    finished_at: datetime | None
    tiers: tuple[str, ...]
    """That it builds in the end."""
    stages: tuple[StageView, ...]
    """By name."""
    parked: tuple[ParkedView, ...]
    by: str = ""
    """Who asked for it; empty where nobody did, or that is not kept."""
    says: str = ""
    """How far an errand is, or why it failed, in words for a person."""

    @property
    def jobs_left(self) -> int:
        """Jobs that wait or run."""
        states = (JobState.READY, JobState.RUNNING)
        return sum(stage.jobs[state] for stage in self.stages for state in states)


def list_operations(context: Context, query: Query) -> Page[OperationView]:
    """Return a page of operations, newest first.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    return page_of(
        query.sorted_by(DEFAULT_SORT),
        lambda asked, after: stored_operations(context.catalog, asked, after),
        lambda rows: _views(context, rows),
    )


def find_operation(context: Context, operation_id: str) -> OperationView:
    """Return one operation: a run, or an errand.

    Raises:
        NotFound: there is no such operation.
    """
    if operation_id.startswith(_ERRAND):
        errand = ErrandBook(context.catalog, utc_now).find(operation_id)
        if errand is None:
            raise NotFound(f"There is no operation {operation_id}.")
        return _of_errand(errand)
    query = Query(filters=(Filter(field="id", values=(operation_id,)),))
    found = list_operations(context, query).items if "*" not in operation_id else ()
    if not found:
        raise NotFound(f"There is no operation {operation_id}.")
    return found[0]


def _of_errand(errand: Errand) -> OperationView:
    waits = "It waits for a worker." if errand.state is ErrandState.ASKED else errand.says
    return OperationView(
        id=errand.id,
        kind=errand.kind.value,
        state=_STATES[errand.state],
        created_at=errand.asked_at,
        finished_at=errand.finished_at,
        tiers=(),
        stages=(),
        parked=(),
        by=errand.asked_by,
        says=errand.reason or waits,
    )


def list_parked(context: Context, operation_id: str | None = None) -> list[ParkedView]:
    """Return the jobs that wait for a person, of one operation or of all, oldest first."""
    return [
        ParkedView(
            id=job.id,
            operation=job.run_id,
            stage=job.stage,
            repository=job.scope,
            reason=job.reason,
            attempts=job.attempt,
        )
        for job in context.jobs.parked(operation_id)
    ]


def _views(context: Context, found: Sequence[Run | Errand]) -> list[OperationView]:
    runs = [one.id for one in found if isinstance(one, Run)]
    counts = CatalogLists(context.catalog).stage_counts(runs)
    return [
        _view(context, one, counts[one.id]) if isinstance(one, Run) else _of_errand(one)
        for one in found
    ]


def _view(context: Context, run: Run, counts: Iterable[StageCount]) -> OperationView:
    stages: dict[str, dict[JobState, int]] = {}
    items: dict[str, list[int]] = {}
    for count in counts:
        stages.setdefault(count.stage, dict.fromkeys(JobState, 0))[count.state] = count.count
        item = items.setdefault(count.stage, [0, 0])
        item[0] += count.progress_done
        item[1] += count.progress_total
    return OperationView(
        id=run.id,
        kind=run.kind,
        state=run.state,
        created_at=run.created_at,
        finished_at=run.finished_at,
        tiers=tuple(run.params.get("tiers", ())),
        stages=tuple(
            StageView(stage=name, jobs=jobs, items_done=items[name][0], items_total=items[name][1])
            for name, jobs in sorted(stages.items())
        ),
        parked=tuple(list_parked(context, run.id)) if _has_parked(stages) else (),
        by=str(run.params.get("by", "")),
    )


def _has_parked(stages: Mapping[str, Mapping[JobState, int]]) -> bool:
    return any(jobs[JobState.PARKED] for jobs in stages.values())
