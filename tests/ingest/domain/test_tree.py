from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given

from ingest.domain.tree import Occurrence, SkipReason, Snapshot, suffix_of
from tests.strategies.ingest import occurrences, paths, snapshots


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        (b"src/a.PY", "py"),
        (b"Makefile", "makefile"),
        (b"web/package.json", "package.json"),
        (b".env", ".env"),
        (b".hidden", ""),
        (b"README", ""),
        (b"a.b/c", ""),
        (b"a.tar.gz", "gz"),
        (b"x.<script>", ""),
        (b"x." + b"a" * 40, ""),
        (b"\xff.\xff", ""),
    ],
)
def test_the_suffix_is_a_safe_hint(path: bytes, suffix: str) -> None:
    assert suffix_of(path) == suffix


@given(paths)
def test_every_suffix_is_short_plain_lower_case(path: bytes) -> None:
    suffix = suffix_of(path)
    assert len(suffix) <= 24
    assert suffix == suffix.lower()
    assert all(c.isalnum() or c in "_+-." for c in suffix)


@given(snapshots)
def test_every_skipped_occurrence_is_a_noun_with_a_reason(snapshot: Snapshot) -> None:
    scanned = [o for o in snapshot.occurrences if o.skip_reason is None]
    assert len(scanned) + len(snapshot.skipped) == len(snapshot.occurrences)
    assert all(isinstance(s.reason, SkipReason) for s in snapshot.skipped)


@given(occurrences())
def test_an_occurrence_cannot_be_changed(occurrence: Occurrence) -> None:
    with pytest.raises(AttributeError):
        occurrence.size = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "change", [{"path": b""}, {"path": b"a\0"}, {"blob_id": "xyz"}, {"size": -1}]
)
def test_a_malformed_occurrence_is_refused(change: dict[str, object]) -> None:
    good = {"path": b"a", "mode": 0o100644, "blob_id": "0" * 40, "size": 1}
    with pytest.raises(ValueError, match=r"not|holds"):
        Occurrence(**(good | change))  # type: ignore[arg-type]


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        Snapshot(
            repository_id="r",
            commit_id="0" * 40,
            branch="main",
            committer_date=datetime(2026, 1, 1),  # noqa: DTZ001 - what must be refused
            occurrences=(),
        )
