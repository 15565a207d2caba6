"""What is measured of an installation, from its own tables: Prometheus reads it at ``/metrics``.

Names and labels are of states, stages and tiers only: no repository, person or path is named, so
who may see that something waits need not be told what.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store.catalog import JobState, ReleaseBook, job_loads
from workers.context import Context, utc_now
from workers.queues import QUEUES, queue_of

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def exposition(context: Context) -> bytes:
    """Return the numbers of this moment, in Prometheus' text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Installation(context))
    return generate_latest(registry)


class _Installation(Collector):
    """Asks the catalog anew each time."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        """Yield the families of this moment."""
        yield from self._jobs()
        yield self._repositories()
        yield self._releases()
        yield self._disk()

    def _jobs(self) -> Iterator[Metric]:
        counts = GaugeMetricFamily(
            "shardgate_jobs", "Jobs by queue, stage and state.", labels=["queue", "stage", "state"]
        )
        ages = GaugeMetricFamily(
            "shardgate_oldest_ready_job_seconds",
            "How long the oldest job that could run has waited; 0: none waits.",
            labels=["queue"],
        )
        now, oldest = utc_now(), dict.fromkeys(QUEUES, 0.0)
        loads: dict[tuple[str, str, str], int] = {}
        for load in job_loads(self._context.catalog):
            queue = queue_of(load.stage, load.subject)
            key = (queue, load.stage, load.state.value)
            loads[key] = loads.get(key, 0) + load.count
            if load.state is JobState.READY:
                oldest[queue] = max(oldest[queue], _seconds(now, load.oldest))
        for key, count in sorted(loads.items()):
            counts.add_metric(key, count)
        for queue, age in oldest.items():
            ages.add_metric([queue], age)
        yield counts
        yield ages

    def _repositories(self) -> Metric:
        family = GaugeMetricFamily(
            "shardgate_repositories",
            "Registered repositories by how their last visit ended.",
            labels=["last_visit"],
        )
        catalog = self._context.catalog
        counts: dict[str, int] = {}
        for repository in catalog.list_repositories():
            visit = catalog.latest_visit(repository.id)
            status = visit.status.value if visit else "never"
            counts[status] = counts.get(status, 0) + 1
        for status, count in sorted(counts.items()):
            family.add_metric([status], count)
        return family

    def _releases(self) -> Metric:
        family = GaugeMetricFamily(
            "shardgate_releases", "Releases by tier and state.", labels=["tier", "state"]
        )
        counts: dict[tuple[str, str], int] = {}
        for record in ReleaseBook(self._context.catalog, clock=utc_now).list_releases():
            key = (record.tier.value, record.state.value)
            counts[key] = counts.get(key, 0) + 1
        for key, count in sorted(counts.items()):
            family.add_metric(key, count)
        return family

    def _disk(self) -> Metric:
        family = GaugeMetricFamily("shardgate_disk_free_bytes", "Free bytes where the home is.")
        family.add_metric([], shutil.disk_usage(self._context.settings.root).free)
        return family


def _seconds(now: datetime, then: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
