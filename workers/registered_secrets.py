"""The secrets of a registered repository, out of the facts that the workers wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from ingest.domain.finding import Family
from ingest.domain.repository import Repository
from ingest.errors import InputError
from ingest.mirror.folder import MirrorFolder
from policies.report.scan_model import HistorySecret
from store.catalog import Catalog, RotationBook
from workers.context import Context, utc_now
from workers.corpus import history_key
from workers.secret_lives import Rotation, gather, tell_lives


def secrets_of_repository(
    context: Context, repository: Repository, *, with_history: bool
) -> tuple[HistorySecret, ...]:
    """Return each distinct secret at HEAD, and with the history those that only it holds.

    Raises:
        InputError: the repository was not synced yet, or not with its history.
    """
    listed = _history(context, repository) if with_history else _head(context, repository)
    facts = context.lake.read_facts(
        Family.SECRETS, context.ruleset_digests[Family.SECRETS], listed["blob_id"].unique()
    )
    current = MirrorFolder.of(context.settings.mirrors_dir, repository.id).current
    if current is None:
        raise _never_synced(repository)
    values = gather(_found(listed, facts))
    return tell_lives(values, current, rotations_of(context.catalog))


def rotations_of(catalog: Catalog) -> dict[str, Rotation]:
    """Return the last word on each secret, by fingerprint."""
    newest = RotationBook(catalog, clock=utc_now).newest()
    return {
        fingerprint: Rotation(state=record.state.value, by=record.actor, at=record.at)
        for fingerprint, record in newest.items()
    }


def _head(context: Context, repository: Repository) -> pa.Table:
    visit = context.catalog.latest_snapshot(repository.id)
    if visit is None or visit.snapshot_key is None:
        raise _never_synced(repository)
    return context.lake.read("snapshots", visit.snapshot_key, ["blob_id", "path"])


def _history(context: Context, repository: Repository) -> pa.Table:
    visit = context.catalog.latest_visit(repository.id)
    key = history_key(context, repository.id, visit.refs_digest) if visit else ""
    if not key or not context.lake.exists("history", key):
        raise InputError(
            f"The history of {repository.name} was not scanned.",
            hint=f"Run: shardgate sync {repository.name} --history",
        )
    return context.lake.read("history", key).select(["blob_id", "path"])


def _never_synced(repository: Repository) -> InputError:
    return InputError(
        f"{repository.name} was not synced yet.", hint=f"Run: shardgate sync {repository.name}"
    )


def _found(listed: pa.Table, facts: pa.Table) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    paths: dict[str, bytes] = {}
    for blob_id, path in zip(
        listed["blob_id"].to_pylist(), listed["path"].to_pylist(), strict=True
    ):
        paths.setdefault(blob_id, path)
    for row in facts.select(["blob_id", "findings"]).to_pylist():
        for finding in row["findings"] or []:
            yield row["blob_id"], paths[row["blob_id"]], finding
