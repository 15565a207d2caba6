"""How the provenance family reads a license expression; families do not know each other."""

from __future__ import annotations

from ingest.detect.licensing.algebra import LicenseAlgebra, restricts_training
from ingest.detect.provenance import LicenseReader


def license_reader(algebra: LicenseAlgebra) -> LicenseReader:
    """Return a reader: SPDX expression to (normal form, category, whether it forbids training)."""

    def read(expression: str) -> tuple[str, str, bool]:
        terms = algebra.read(expression)
        return terms.expression, terms.category, restricts_training(terms.ids)

    return read
