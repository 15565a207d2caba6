"""The rows of a pulled release, divided among the processes of a run, resumable at any row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from ingest.errors import InputError
from release.domain.manifest import MANIFEST_FILE, Manifest, Shard
from release.domain.rows import rows_schema
from release.pull import check_tier, read_manifest
from release.pull.recalls import Reader, read_recalls, recalls_folder
from release.pull.verify import check_digest, check_listing
from shardgate_client.order import share_of, shuffled, stretches
from shardgate_client.place import worker_of_process

STATE_VERSION: Final = 1
_BATCH_ROWS: Final = 256
"""Rows that are turned into Python at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is read, and by whom."""

    columns: Sequence[str]
    """Of each row, in this order."""
    seed: int | None
    """Of the order of shards; null: as in the manifest."""
    rank: int
    world_size: int
    is_strict: bool
    """Whether a release with recalled rows is refused, not read without them."""


class Rows:
    """An iterable of rows as dictionaries.

    All (rank, worker) pairs of an epoch together read every row once, each an adjoining part of
    it: shares differ by one row at most, before rows that were taken back are left out. A shard is
    read after its digest was checked, once a process; recalls are read at the start of each epoch.
    """

    def __init__(self, copy: Path, reader: Reader, choice: Choice) -> None:
        """Take a release in a folder; see `shardgate_client.load`.

        Raises:
            ReleaseRefused: unsigned, of another tier, incomplete, or recalled.
            InputError: there is no such column.
        """
        self._copy, self._reader, self._choice = copy, reader, choice
        self._manifest = read_manifest(copy, reader.public_key)
        check_tier(self._manifest, reader.tier)
        check_listing(copy, self._manifest)
        unknown = sorted(set(choice.columns) - set(rows_schema(reader.tier).names))
        if unknown:
            raise InputError(f"The rows have no column {unknown[0]!r}.")
        self._epoch, self._position = 0, 0
        self._place: tuple[int, int] | None = None
        self._resumed: tuple[int, int] | None = None
        self._intact: dict[str, tuple[int, int, int]] = {}
        self._dropped()

    @property
    def manifest(self) -> Manifest:
        """What the release says of itself."""
        return self._manifest

    def set_epoch(self, epoch: int) -> None:
        """Begin another epoch at its first row; with a seed its shards come in another order.

        Call it before a loader makes its worker processes: they read what they were given.
        """
        self._epoch, self._position, self._resumed = epoch, 0, None

    def state_dict(self) -> dict[str, Any]:
        """Return how far this process is; what it yielded is behind it, all else is ahead."""
        place, places = self._resumed or self._place or self._present_place()
        return {
            "version": STATE_VERSION,
            "release": self._manifest.release_id,
            "manifest": self._digest(),
            "seed": self._choice.seed,
            "epoch": self._epoch,
            "place": place,
            "places": places,
            "position": self._position,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another process of the same place stopped, at the next iteration.

        Raises:
            InputError: the state is of another release, order or version.
        """
        own = self.state_dict()
        for name in ("version", "release", "manifest", "seed"):
            if state.get(name) != own[name]:
                raise InputError(
                    f"The state is of another {name}: {state.get(name)!r}, here {own[name]!r}."
                )
        self._epoch, self._position = int(state["epoch"]), int(state["position"])
        self._resumed = int(state["place"]), int(state["places"])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield what this process reads of the epoch: from the start, or where a state says."""
        return self.read_at(*self._present_place())

    def read_at(self, place: int, places: int) -> Iterator[dict[str, Any]]:
        """Yield what is read at a place of so many.

        Raises:
            InputError: a state was loaded that another place left, or another number of places.
            ReleaseRefused: the release was recalled meanwhile, or a shard is not what was signed.
        """
        resumed = self._resumed
        if resumed is not None and resumed != (place, places):
            raise InputError(
                f"The state was saved at place {resumed[0]} of {resumed[1]}, "
                f"this is {place} of {places}.",
                hint="Go on with as many ranks and workers, or begin an epoch with set_epoch.",
            )
        if resumed is None:
            self._position = 0
        self._place, self._resumed = (place, places), None
        return self._rows_of(place, places)

    def _rows_of(self, place: int, places: int) -> Iterator[dict[str, Any]]:
        dropped = self._dropped()
        by_path = {shard.path: shard for shard in self._manifest.shards}
        order = shuffled(list(by_path), self._choice.seed, self._epoch)
        sizes = [by_path[path].rows for path in order]
        mine = share_of(sum(sizes), place, places)
        ahead = range(min(mine.start + self._position, mine.stop), mine.stop)
        for part in stretches(sizes, ahead):
            shard = by_path[order[part.shard]]
            for row in self._read(shard, part.start, part.stop):
                # Counted before it is handed out: a state that is taken then has it behind it.
                self._position += 1
                if row["id"] not in dropped:
                    yield {name: row[name] for name in self._choice.columns}

    def _read(self, shard: Shard, start: int, stop: int) -> Iterator[dict[str, Any]]:
        path = self._copy / shard.path
        self._check(path, shard)
        columns = list({*self._choice.columns, "id"})
        with pq.ParquetFile(path) as file:
            first = 0
            for number in range(file.num_row_groups):
                count = file.metadata.row_group(number).num_rows
                skip, end = max(start - first, 0), min(stop - first, count)
                if skip < end:
                    table = file.read_row_group(number, columns=columns).slice(skip, end - skip)
                    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
                        yield from batch.to_pylist()
                first += count

    def _check(self, path: Path, shard: Shard) -> None:
        state = path.stat()
        mark = state.st_ino, state.st_size, state.st_mtime_ns
        if self._intact.get(shard.path) != mark:
            check_digest(path, shard)
            self._intact[shard.path] = mark

    def _dropped(self) -> frozenset[str]:
        known = read_recalls(recalls_folder(self._copy), self._reader)
        if known is None:
            return frozenset()
        if self._choice.is_strict:
            known.check(self._manifest.release_id)
        return known.dropped_ids(self._manifest.release_id)

    def _present_place(self) -> tuple[int, int]:
        worker, workers = worker_of_process()
        choice = self._choice
        return choice.rank * workers + worker, choice.world_size * workers

    def _digest(self) -> str:
        return hashlib.sha256((self._copy / MANIFEST_FILE).read_bytes()).hexdigest()
