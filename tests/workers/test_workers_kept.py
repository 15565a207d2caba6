from __future__ import annotations

from store.catalog import Changes
from workers.kept import Kept


def after(entry: int) -> Changes:
    return Changes(repositories=1, last_entry=entry)


def test_what_was_read_counts_until_the_next_change_and_none_of_it_longer() -> None:
    kept = Kept(4)
    assert kept.get(after(1), "name", lambda: "old") == "old"
    assert kept.get(after(1), "name", lambda: "never read") == "old"
    assert kept.get(after(2), "name", lambda: "new") == "new"
    # A request that began before the change neither gets the new answer nor puts its own there.
    assert kept.get(after(1), "name", lambda: "as it was") == "as it was"
    assert kept.get(after(2), "name", lambda: "never read") == "new"


def test_what_is_not_to_be_kept_is_read_each_time() -> None:
    kept, read = Kept(4), list[int]()
    for _ in range(2):
        assert kept.get(after(1), "waits", lambda: read.append(1), bool) is None
    assert len(read) == 2
