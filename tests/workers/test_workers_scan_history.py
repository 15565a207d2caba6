"""What a scan of a history did not look at, in whole or in part."""

from __future__ import annotations

import pyarrow as pa

from workers.scan_history import _unscanned


def test_a_blob_with_parts_that_stayed_encoded_is_told_beside_those_not_scanned() -> None:
    listed = pa.table(
        {
            "blob_id": ["1", "2", "3", "4", "5"],
            "path": [b"shut", b"open", b"late", b"large", b"empty"],
            "skip_reason": [None, None, None, "too_large", "empty"],
        }
    )
    done = {"status": "completed", "reason": ""}
    rows = {
        "1": done | {"undecoded": 2},
        "2": done | {"undecoded": 0},
        "3": {"status": "timed_out", "reason": "over 10 s", "undecoded": None},
    }
    told = [(u.path, u.reason, u.family, u.detail, u.blob_id) for u in _unscanned(listed, rows)]
    assert told == [
        (b"shut", "undecoded", "secrets", "2 encoded parts stayed shut", "1"),
        (b"late", "timed_out", "", "", "3"),
        (b"large", "too_large", "", "", "4"),
    ]
