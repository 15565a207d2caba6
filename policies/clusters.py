"""Contents that copies may reach one from another: a change of one concerns its cluster alone.

Near copies are looked for in buckets of equal bands (`policies.copies`). Contents that share a
bucket, directly or through others, are a cluster; nothing is ever compared across two of them, so
a cluster can be judged without the rest of the corpus.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

CLUSTERS: Final = pa.schema(
    [
        pa.field("cluster", pa.int64(), nullable=False),
        pa.field("blob_id", pa.string(), nullable=False),
    ]
)
"""Contents that share a band with another one, by the cluster that they are in."""

_Ints = npt.NDArray[np.int64]
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
"""Tells equal values of two bands apart; where it fails, two clusters are taken for one."""


def near_clusters(content: pa.Table) -> pa.Table:
    """Return `CLUSTERS` of facts of the content family (`blob_id` and `bands` are read)."""
    usable = content.select(["blob_id", "bands"]).drop_null()
    blobs = usable["blob_id"].combine_chunks().dictionary_encode()
    nodes, buckets = _shared(blobs.indices, usable["bands"].combine_chunks())
    label = _least_reachable(nodes, buckets, len(blobs.dictionary))
    named = np.unique(nodes)
    table = pa.table(
        {"cluster": pa.array(label[named], pa.int64()), "blob_id": blobs.dictionary.take(named)},
        schema=CLUSTERS,
    )
    return table.sort_by([("cluster", "ascending"), ("blob_id", "ascending")])


def _shared(codes: pa.Array, bands: pa.ListArray) -> tuple[_Ints, _Ints]:
    """Return (content, bucket) of every band that stands more than once, in order of buckets."""
    row = np.asarray(bands.value_parent_indices(), dtype=np.int64)
    starts = np.asarray(bands.offsets, dtype=np.int64)[:-1]
    number = np.arange(len(row)) - (starts - (starts[0] if len(starts) else 0))[row]
    values = np.asarray(bands.flatten(), dtype=np.int64).view(np.uint64)
    keys = (values + number.astype(np.uint64)) * _ODD + number.astype(np.uint64)
    _, bucket, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    kept = sizes[bucket] > 1
    nodes = np.asarray(codes, dtype=np.int64)[row[kept]]
    order = np.argsort(bucket[kept], kind="stable")
    return nodes[order], bucket[kept][order]


def _least_reachable(nodes: _Ints, buckets: _Ints, count: int) -> _Ints:
    """Return of each content the least one that buckets lead to."""
    label = np.arange(count, dtype=np.int64)
    if not len(nodes):
        return label
    starts = np.flatnonzero(np.diff(buckets, prepend=buckets[0] - 1))
    sizes = np.diff(np.append(starts, len(nodes)))
    while True:
        least = np.repeat(np.minimum.reduceat(label[nodes], starts), sizes)
        lower = label.copy()
        np.minimum.at(lower, nodes, least)
        # Whoever it leads to may meanwhile lead further down: few rounds reach the end of a chain.
        lower = lower[lower]
        if np.array_equal(lower, label):
            return label
        label = lower
