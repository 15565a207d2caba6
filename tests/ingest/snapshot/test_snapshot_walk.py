from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Quarantined
from ingest.snapshot.walk import WalkLimits, parse_tree, walk_tree

ID = bytes(range(20))


def entry(mode: bytes, name: bytes, oid: bytes = ID) -> bytes:
    return mode + b" " + name + b"\0" + oid


@pytest.mark.parametrize(
    "raw",
    [
        b"100644",
        b"100644 a",
        b"100644 a\0" + ID[:19],
        entry(b"100644", b"a") + b"x",
        entry(b"1006x4", b"a"),
        entry(b"-10644", b"a"),
        entry(b"777777", b"a"),
        entry(b"", b"a"),
        entry(b"100644", b""),
        entry(b"100644", b"a/b"),
        entry(b"100644", b"a") * 2,
        b"\0" * 50,
    ],
)
def test_a_malformed_tree_is_quarantined(raw: bytes) -> None:
    with pytest.raises(Quarantined, match="malformed"):
        parse_tree(raw, 20, 10)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_quarantined(raw: bytes) -> None:
    try:
        entries = parse_tree(raw, 20, 10)
    except Quarantined:
        return
    again = b"".join(b"%o %s\0%s" % (e.mode, e.name, bytes.fromhex(e.object_id)) for e in entries)
    assert parse_tree(again, 20, 10) == entries


class Trees:
    """Raw trees in memory."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}

    def add(self, entries: list[tuple[bytes, bytes, str]]) -> str:
        name = f"{len(self.raw):040x}"
        self.raw[name] = b"".join(entry(m, n, bytes.fromhex(o)) for m, n, o in entries)
        return name

    def read_trees(
        self, repository_id: str, tree_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        assert repository_id == "repo"
        for tree_id in tree_ids:
            yield tree_id, self.raw[tree_id]


Shape = dict[bytes, "Shape | None"]
NAMES = st.sampled_from([b"a", b"b", b"a.b", b"c", b"\xff"])
SHAPES: st.SearchStrategy[Shape] = st.recursive(
    st.dictionaries(NAMES, st.none(), max_size=3),
    lambda inner: st.dictionaries(NAMES, st.one_of(st.none(), inner), max_size=3),
    max_leaves=20,
)


def build(trees: Trees, shape: Shape) -> str:
    entries = []
    for name, inner in shape.items():
        if inner is None:
            entries.append((b"100644", name, ID.hex()))
        else:
            entries.append((b"40000", name, build(trees, inner)))
    return trees.add(entries)


def spell(shape: Shape, prefix: bytes = b"") -> list[bytes]:
    return [
        path
        for name, inner in shape.items()
        for path in ([prefix + name] if inner is None else spell(inner, prefix + name + b"/"))
    ]


@given(SHAPES)
def test_the_count_is_the_length_of_the_listing(shape: Shape) -> None:
    trees = Trees()
    root = build(trees, shape)
    paths = spell(shape)
    size = sum(map(len, paths))
    exact = WalkLimits(occurrences=len(paths), path_bytes=size, paths_per_blob=len(paths))
    assert [path for path, _, _ in walk_tree("repo", root, trees, exact)] == paths
    for cap in ({"occurrences": len(paths) - 1}, {"path_bytes": size - 1}):
        if paths:
            with pytest.raises(Quarantined):
                walk_tree("repo", root, trees, WalkLimits(**cap))


def test_the_longest_way_down_counts_even_if_a_shorter_one_is_seen_first() -> None:
    trees = Trees()
    leaf = trees.add([(b"100644", b"f", ID.hex())])
    chain = leaf
    for _ in range(4):
        chain = trees.add([(b"40000", b"d", chain)])
    root = trees.add([(b"40000", b"a", leaf), (b"40000", b"b", chain)])
    assert list(walk_tree("repo", root, trees, WalkLimits(depth=5)))
    with pytest.raises(Quarantined):
        walk_tree("repo", root, trees, WalkLimits(depth=4))
