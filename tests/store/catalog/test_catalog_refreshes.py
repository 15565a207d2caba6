"""What is scanned again is begun once, and told of until its own decision is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

from store.catalog import (
    Catalog,
    JobQueue,
    JobSpec,
    Refreshing,
    parked_scopes,
    read_refreshing,
    scanning_scopes,
    start_refresh,
)
from tests.support.clock import Clock

START = datetime(2030, 5, 1, 12, tzinfo=UTC)
ONE, TWO = "repo_" + "1" * 20, "repo_" + "2" * 20
OWNER = "host:1:1"


def test_each_snapshot_and_set_of_rules_is_begun_once(catalog: Catalog) -> None:
    first = start_refresh(catalog, {ONE: "a" * 64}, START)
    assert len(first) == 1
    assert start_refresh(catalog, {ONE: "a" * 64}, START) == []
    assert len(start_refresh(catalog, {ONE: "a" * 64, TWO: "b" * 64}, START)) == 1
    assert len(start_refresh(catalog, {ONE: "c" * 64}, START)) == 1
    assert scanning_scopes(catalog) == {ONE, TWO}


def test_it_is_under_way_until_its_own_decision_is_asked_for(catalog: Catalog) -> None:
    queue = JobQueue(catalog, Clock(START))
    assert read_refreshing(catalog) is None
    (job_id, _) = start_refresh(catalog, {ONE: "a" * 64, TWO: "b" * 64}, START)
    assert read_refreshing(catalog) == Refreshing(done=0, total=2)
    claimed = queue.claim(job_id, OWNER, 60)
    assert claimed is not None
    run_id = claimed.run_id
    assert read_refreshing(catalog, besides=run_id) is None
    spec = JobSpec.of(run_id=run_id, stage="provenance", scope=claimed.scope, subject="all")
    (joined,) = queue.complete(claimed, [spec])
    assert read_refreshing(catalog) == Refreshing(done=0, total=2)
    last = queue.claim(joined, OWNER, 60)
    assert last is not None
    queue.fail(last, "its mirror is gone", None)
    assert parked_scopes(catalog, run_id) == {claimed.scope}
    assert read_refreshing(catalog) == Refreshing(done=1, total=2)
    queue.add([JobSpec.of(run_id=run_id, stage="decide", scope="", subject="all")])
    assert read_refreshing(catalog) is None
