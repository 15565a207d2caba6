"""How the provenance family reads a license expression; families do not know each other."""

from __future__ import annotations

from functools import lru_cache

from ingest.detect.licensing.algebra import LicenseAlgebra, restricts_training
from ingest.detect.provenance import LicenseReader


@lru_cache(maxsize=1)
def license_algebra() -> LicenseAlgebra:
    """Return the process's algebra; to load its index takes longer than most that a stage does."""
    return LicenseAlgebra()


def license_reader(algebra: LicenseAlgebra) -> LicenseReader:
    """Return a reader: SPDX expression to (normal form, category, whether it forbids training)."""

    def read(expression: str) -> tuple[str, str, bool]:
        terms = algebra.read(expression)
        return terms.expression, terms.category, restricts_training(terms.ids)

    return read
