"""Signs as values."""

from __future__ import annotations

from ingest.detect.licensing.evidence import Evidence, Kind


def test_a_sign_moves_with_its_region() -> None:
    sign = Evidence(start=3, end=7, kind=Kind.TAG, spdx="MIT", score=1.0)

    assert sign.shifted(10) == Evidence(start=13, end=17, kind=Kind.TAG, spdx="MIT", score=1.0)


def test_signs_sort_by_where_they_stand() -> None:
    late = Evidence(start=9, end=12, kind=Kind.TAG, spdx="ISC", score=1.0)
    early = Evidence(start=1, end=4, kind=Kind.TEXT, spdx="MIT", score=1.0)

    assert sorted([late, early]) == [early, late]
