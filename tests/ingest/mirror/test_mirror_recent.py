from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.mirror.recent import LARGEST_BYTES, RecentBlobs


def test_what_is_kept_is_found_under_its_own_repository_only() -> None:
    recent = RecentBlobs(100)
    recent.keep("a", "1", b"x")
    assert recent.of("a") == {"1": b"x"}
    assert recent.of("b") == {}


def test_the_first_blobs_of_a_repository_stay_and_another_one_pushes_them_out() -> None:
    recent = RecentBlobs(10)
    for number in range(5):
        recent.keep("a", str(number), b"four")
    assert list(recent.of("a")) == ["0", "1"]
    recent.keep("b", "9", b"four")
    assert recent.of("a") == {}
    assert list(recent.of("b")) == ["9"]


def test_a_large_blob_pushes_nothing_out() -> None:
    recent = RecentBlobs(4 * LARGEST_BYTES)
    recent.keep("a", "1", b"x")
    recent.keep("b", "2", bytes(LARGEST_BYTES + 1))
    assert recent.of("a")
    assert not recent.of("b")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 12))))
def test_the_bound_holds_and_nothing_is_changed(steps: list[tuple[str, int, int]]) -> None:
    recent = RecentBlobs(20)
    for repository, blob, size in steps:
        recent.keep(repository, str(blob), bytes(size))
    assert sum(len(b) for r in "abc" for b in recent.of(r).values()) <= 20
