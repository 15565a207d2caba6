"""What a page tells of running work: how far it is, what holds it, and the machine under it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.asking import Query
from workers.context import Context
from workers.hosts import HostView, list_hosts
from workers.reading.operations import (
    OperationView,
    ParkedView,
    find_operation,
    list_operations,
    list_parked,
)
from workers.reading.page import Page
from workers.reading.stillness import Stillness, why_nothing_moves


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRoom:
    """All operations, and what they run on."""

    page: Page[OperationView]
    stillness: Stillness
    parked: Sequence[ParkedView]
    hosts: Sequence[HostView]
    detectors: Mapping[str, str]
    """Family to the digest of its rules and settings."""
    disk_free: int
    """Bytes where the home is."""
    disk_bytes: int
    names: Mapping[str, str]
    """Repository id to name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStory:
    """One operation with the names of what it works on."""

    operation: OperationView
    stillness: Stillness | None
    """None where it has ended."""
    names: Mapping[str, str]


def tell_operations(context: Context, query: Query) -> MachineRoom:
    """Return a page of operations and what they run on.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    disk = shutil.disk_usage(context.settings.root)
    return MachineRoom(
        page=list_operations(context, query),
        stillness=why_nothing_moves(context),
        parked=list_parked(context),
        hosts=list_hosts(context),
        detectors={f.value: digest for f, digest in sorted(context.ruleset_digests.items())},
        disk_free=disk.free,
        disk_bytes=disk.total,
        names=context.repository_names(),
    )


def tell_operation(context: Context, operation_id: str) -> OperationStory:
    """Return one operation.

    Raises:
        NotFound: there is no such operation.
    """
    found = find_operation(context, operation_id)
    is_open = found.finished_at is None
    return OperationStory(
        operation=found,
        stillness=why_nothing_moves(context) if is_open else None,
        names=context.repository_names(),
    )
