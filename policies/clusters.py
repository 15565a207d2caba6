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
_NONE: Final[_Ints] = np.empty(0, np.int64)


def near_clusters(content: pa.Table) -> pa.Table:
    """Return `CLUSTERS` of facts of the content family (`blob_id` and `bands` are read)."""
    usable = content.select(["blob_id", "bands"]).drop_null()
    blobs = usable["blob_id"].combine_chunks().dictionary_encode()
    nodes, buckets = _shared(blobs.indices, usable["bands"].combine_chunks())
    label = _least_reachable(nodes, buckets, len(blobs.dictionary))
    named = np.flatnonzero(np.bincount(nodes))
    table = pa.table(
        {"cluster": pa.array(label[named], pa.int64()), "blob_id": blobs.dictionary.take(named)},
        schema=CLUSTERS,
    )
    return table.sort_by([("cluster", "ascending"), ("blob_id", "ascending")])


def _shared(codes: pa.Array, bands: pa.ListArray) -> tuple[_Ints, _Ints]:
    """Return (content, bucket) of every band that stands more than once, in order of buckets."""
    contents = np.asarray(codes, dtype=np.int64)
    starts = np.asarray(bands.offsets, dtype=np.int64)[:-1]
    lengths = np.asarray(bands.value_lengths(), dtype=np.int64)
    values = np.asarray(bands.values, dtype=np.int64)
    nodes, buckets, first = [_NONE], [_NONE], 0
    # Band by band, as one sort of all of them takes much longer.
    for number in range(int(lengths.max(initial=0))):
        has_it = lengths > number
        value = values[starts[has_it] + number]
        order = np.argsort(value)
        value = value[order]
        group = np.cumsum(np.diff(value, prepend=value[0]) != 0)
        is_shared = np.bincount(group)[group] > 1
        nodes.append(contents[has_it][order][is_shared])
        buckets.append(group[is_shared] + first)
        first += len(value)
    return np.concatenate(nodes), np.concatenate(buckets)


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
