"""All license texts as runs of three words: which texts may a passage be, in one look-up.

Words get numbers, three of them in a row make one 60-bit key, and a sorted table tells for each
key the templates that hold it. The table takes 0.1 s to load and 3 s to make, so it is kept in
the private cache.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.detect.licensing.templates import Template, Triple, read_templates
from ingest.domain.installed import version
from ingest.domain.private import private_folder, read_private, write_private

_VERSION: Final = "9"
_BITS: Final = 20
NO_KEY: Final = -1
"""Key of three words that stand in no template."""

Numbers = NDArray[np.int64]
Covered = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShingleTable:
    """Sorted keys, and for each the templates that hold it (as slices of `postings`)."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    vocabulary: dict[str, int]
    sizes: NDArray[np.int64]
    """Distinct keys that each template needs."""
    keys: Numbers
    offsets: Numbers
    postings: NDArray[np.int64]
    """Templates by key: twice the template's number, plus one where it needs the key."""
    by_template: Numbers
    """Rows by template, between consecutive `bounds`."""
    is_needed: NDArray[np.bool_]
    bounds: Numbers

    def keys_of(self, words: Sequence[str]) -> Numbers:
        """Return the key at each word that begins three; `NO_KEY` at unknown ones."""
        numbers = np.fromiter(map(self.vocabulary.get, words, repeat(0)), np.int64, len(words))
        return _keys(numbers)

    def find(self, keys: Numbers) -> Numbers:
        """Return the row of each key, or `NO_KEY`."""
        rows = np.searchsorted(self.keys, keys)
        rows[rows == len(self.keys)] = 0
        return np.where(self.keys[rows] == keys, rows, NO_KEY)

    def counts(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return for each template how many distinct rows it holds, and how many it needs."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        ends = np.cumsum(lengths)
        if not len(ends):
            nothing = np.zeros(len(self.ids), np.int64)
            return nothing, nothing
        places = np.arange(ends[-1])
        places += np.repeat(self.offsets[rows] - (ends - lengths), lengths)
        counted = np.bincount(self.postings[places], minlength=2 * len(self.ids))
        needed = counted[1::2]
        return counted[::2] + needed, needed

    def rows_of(self, template: int) -> tuple[Numbers, Numbers]:
        """Return the rows of one template, and those that it needs; ascending."""
        first, last = self.bounds[template], self.bounds[template + 1]
        rows = self.by_template[first:last]
        return rows, rows[self.is_needed[first:last]]


def load_table(cache_dir: Path | None) -> ShingleTable:
    """Return the table of the installed templates, from the cache if it is there and whole."""
    if cache_dir is None:
        return _made()
    stamp = f"{_VERSION} {version('licenseclassifier')} {version('numpy')}"
    path = cache_dir / f"licenses-{hashlib.sha256(stamp.encode()).hexdigest()[:32]}.npz"
    try:
        return _restored(read_private(path))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        table = _made()
        _keep(path, table)
        return table


def _turned(offsets: Numbers, postings: Numbers, count: int) -> tuple[Numbers, Covered, Numbers]:
    """Return rows by template, whether it needs them, and where each template begins."""
    rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    order = np.argsort(postings >> 1, kind="stable")
    bounds = np.searchsorted(postings[order] >> 1, np.arange(count + 1))
    return rows[order], postings[order] % 2 == 1, bounds


def _keys(numbers: Numbers) -> Numbers:
    if len(numbers) < 3:  # noqa: PLR2004 - three words make a key
        return np.zeros(0, np.int64)
    first, second, third = numbers[:-2], numbers[1:-1], numbers[2:]
    keys = (first << 2 * _BITS) | (second << _BITS) | third
    return np.where((first > 0) & (second > 0) & (third > 0), keys, NO_KEY)


def _made() -> ShingleTable:
    templates = list(read_templates())
    words = sorted({word for t in templates for triple in t.possible for word in triple})
    vocabulary = {word: number for number, word in enumerate(words, 1)}
    pairs = []
    for number, template in enumerate(templates):
        keys = _keys_of_triples(template.possible, vocabulary)
        needed = _keys_of_triples(template.needed, vocabulary)
        pairs.append(np.stack([keys, 2 * number + np.isin(keys, needed)]))
    sizes = [len(t.needed) for t in templates]
    return _sorted_table(templates, vocabulary, np.concatenate(pairs, axis=1), sizes)


def _keys_of_triples(triples: Iterable[Triple], vocabulary: dict[str, int]) -> Numbers:
    numbers = np.array([[vocabulary[word] for word in triple] for triple in triples], np.int64)
    return np.sort((numbers[:, 0] << 2 * _BITS) | (numbers[:, 1] << _BITS) | numbers[:, 2])


def _sorted_table(
    templates: Sequence[Template],
    vocabulary: dict[str, int],
    pairs: NDArray[np.int64],
    sizes: list[int],
) -> ShingleTable:
    order = np.lexsort((pairs[1], pairs[0]))
    keys, starts = np.unique(pairs[0][order], return_index=True)
    return _table(
        names=[*(t.license_id for t in templates), *(t.title for t in templates)],
        words=list(vocabulary),
        sizes=np.array(sizes),
        keys=keys,
        postings=(np.append(starts, pairs.shape[1]).astype(np.int64), pairs[1][order]),
    )


def _table(
    *,
    names: list[str],
    words: list[str],
    sizes: Numbers,
    keys: Numbers,
    postings: tuple[Numbers, Numbers],
) -> ShingleTable:
    count = len(names) // 2
    by_template, is_needed, bounds = _turned(*postings, count)
    return ShingleTable(
        ids=tuple(names[:count]),
        titles=tuple(names[count:]),
        vocabulary={word: number for number, word in enumerate(words, 1)},
        sizes=sizes,
        keys=keys,
        offsets=postings[0],
        postings=postings[1],
        by_template=by_template,
        is_needed=is_needed,
        bounds=bounds,
    )


def _keep(path: Path, table: ShingleTable) -> None:
    """Write whole or not at all: several processes may make the table at once."""
    packed = BytesIO()
    np.savez(
        packed,
        names="\n".join([*table.ids, *table.titles]).encode(),
        words="\n".join(table.vocabulary).encode(),
        sizes=table.sizes,
        keys=table.keys,
        offsets=table.offsets.astype(np.int32),
        postings=table.postings.astype(np.int16),
    )
    private_folder(path.parent)
    write_private(path, [packed.getvalue()])


def _restored(packed: bytes) -> ShingleTable:
    with np.load(BytesIO(packed), allow_pickle=False) as stored:
        return _table(
            names=bytes(stored["names"]).decode().split("\n"),
            words=bytes(stored["words"]).decode().split("\n"),
            sizes=stored["sizes"],
            keys=stored["keys"],
            postings=(stored["offsets"].astype(np.int64), stored["postings"].astype(np.int64)),
        )
