"""The table of license names."""

from __future__ import annotations

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.name_table import ROWS


def test_every_row_names_a_license_that_the_index_knows(algebra: LicenseAlgebra) -> None:
    for spdx, _gates, score, _full, _short in ROWS:
        assert all(algebra.is_known(name) for name in algebra.read(spdx).ids), spdx
        assert 0 < score <= 1
