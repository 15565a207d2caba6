"""The files of a passing mirror that holds small blobs only: counted, and sampled to be scanned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from ingest.detect.provenance.scopes import is_license_file, is_manifest_name
from ingest.domain.tree import SkipReason
from ingest.mirror.head import HeadCommit, read_head
from ingest.mirror.reader import MirrorReader
from ingest.snapshot.classify import skip_by_mode
from ingest.snapshot.take import SnapshotLimits, take_snapshot
from ingest.snapshot.walk import WalkLimits, walk_tree
from workers.preview.model import FileCounts
from workers.preview.owners import PLACES
from workers.scan_source import MirrorSource

MAX_FILES: Final = 200_000
"""A tree with more is counted, and nothing of it is scanned."""
SAMPLE_BYTES: Final = 2 * 2**20
SAMPLE_FILES: Final = 400
_TELLING: Final = 60
"""License files and manifests that are looked at besides the sample."""
_LFS: Final = b"version https://git-lfs.github.com/spec/"
_LFS_BYTES: Final = 200

_Row = tuple[bytes, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a passing mirror holds."""

    mirrors_dir: Path
    repository_id: str
    head: HeadCommit
    rows: list[_Row]
    """Path, mode and object id of every entry of the tree."""
    sizes: dict[str, int]
    """Bytes of the blobs that came along."""

    @classmethod
    def read(cls, mirrors_dir: Path, repository_id: str) -> Content | None:
        """Return what there is; None in a repository without commits.

        Raises:
            Quarantined: the tree exceeds a cap or is malformed.
            MirrorCorrupt: an object is damaged.
        """
        head = read_head(mirrors_dir, repository_id)
        if head is None:
            return None
        with MirrorReader(mirrors_dir) as reader:
            rows = list(walk_tree(repository_id, head.tree_id, reader, WalkLimits()))
            held = set(reader.pack_order(repository_id))
            wanted = sorted({oid for _, mode, oid in rows if oid in held and _is_file(mode)})
            sizes = dict(reader.read_sizes(repository_id, wanted))
        return cls(
            mirrors_dir=mirrors_dir,
            repository_id=repository_id,
            head=head,
            rows=rows,
            sizes=sizes,
        )

    def count(self) -> FileCounts:
        """Return the counts of the tree."""
        by_mode = [skip_by_mode(mode) for _, mode, _ in self.rows]
        blobs = {oid for _, mode, oid in self.rows if _is_file(mode)}
        return FileCounts(
            files=by_mode.count(None),
            blobs=len(blobs),
            size=sum(self.sizes.values()),
            large=len(blobs - self.sizes.keys()),
            links=by_mode.count(SkipReason.SYMLINK),
            submodules=by_mode.count(SkipReason.SUBMODULE),
            lfs_pointers=sum(text.startswith(_LFS) for text in self._pointer_sized()),
        )

    def owners_text(self) -> bytes:
        """Return the CODEOWNERS file that counts; empty where there is none."""
        places = {path: oid for path, mode, oid in self.rows if _is_file(mode) and path in PLACES}
        chosen = next((places[place] for place in PLACES if place in places), "")
        if chosen not in self.sizes:
            return b""
        with MirrorReader(self.mirrors_dir) as reader:
            return next(reader.read_blobs(self.repository_id, [chosen]))[1]

    def sample(self, *, size: int = SAMPLE_BYTES, files: int = SAMPLE_FILES) -> frozenset[str]:
        """Return the blobs that are to be scanned: what tells of licenses, and some of the others.

        Object ids are digests: the first ones in their order are a fair sample, and always the
        same one.
        """
        telling = [
            oid
            for path, mode, oid in self.rows
            if _is_file(mode) and oid in self.sizes and _tells(path)
        ]
        chosen = set(telling[:_TELLING])
        taken = count = 0
        for oid in sorted(self.sizes):
            taken, count = taken + self.sizes[oid], count + 1
            if taken > size or count > files:
                break
            chosen.add(oid)
        return frozenset(chosen)

    def source(self, sample: frozenset[str], max_bytes: int) -> SampledSource:
        """Return the sample as something that can be scanned."""
        return SampledSource(
            name=self.repository_id,
            repository_id=self.repository_id,
            mirrors_dir=self.mirrors_dir,
            max_bytes=max_bytes,
            head=self.head,
            sample=sample,
            sizes=self.sizes,
        )

    def _pointer_sized(self) -> Iterator[bytes]:
        small = [oid for oid, size in self.sizes.items() if size <= _LFS_BYTES]
        with MirrorReader(self.mirrors_dir) as reader:
            for _, data in reader.read_blobs(self.repository_id, small):
                yield data


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledSource(MirrorSource):
    """A HEAD tree of which only a sample is read; all else is listed as too large."""

    head: HeadCommit
    sample: frozenset[str]
    sizes: dict[str, int]

    def snapshot(self) -> pa.Table:
        """Return every entry of the tree."""
        with MirrorReader(self.mirrors_dir) as reader:
            part = _Part(reader=reader, sample=self.sample, sizes=self.sizes, most=self.max_bytes)
            limits = SnapshotLimits(max_blob_bytes=self.max_bytes)
            return take_snapshot(self.repository_id, part, self.head, limits=limits)

    def commits(self) -> tuple[()]:
        """Return nothing: of the history nothing came along."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A `SnapshotSource` in which what is not of the sample is too large to be read."""

    reader: MirrorReader
    sample: frozenset[str]
    sizes: dict[str, int]
    most: int

    def read_trees(
        self, repository_id: str, tree_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        return self.reader.read_trees(repository_id, tree_ids)

    def read_blobs(
        self, repository_id: str, blob_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        return self.reader.read_blobs(repository_id, blob_ids)

    def read_sizes(self, repository_id: str, blob_ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        del repository_id
        for oid in blob_ids:
            yield oid, self.sizes[oid] if oid in self.sample else self.most + 1


def _is_file(mode: int) -> bool:
    return skip_by_mode(mode) is None


def _tells(path: bytes) -> bool:
    return is_license_file(path) or is_manifest_name(path)
