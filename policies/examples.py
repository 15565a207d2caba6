"""The clean file that examples start from: scanned, own, consented, nothing found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from ingest.domain.finding import ScanStatus
from ingest.domain.repository import RightsBasis
from ingest.errors import ConfigurationError
from policies.columns import DOSSIER, DOSSIER_COLUMNS, LICENSE_CATEGORIES, STATUSES, DossierColumn
from policies.model import GivenValue

_NAMED: Final[dict[str, GivenValue | bytes]] = {
    "repo_id": "repo_example",
    "commit_id": "0" * 40,
    "path": b"src/example.py",
    "path_text": "src/example.py",
    "blob_id": "1" * 40,
    "suffix": "py",
    "size": 2000,
    "skip_reason": None,
    "language": "Python",
    "language_source": "path",
    "num_lines": 60,
    "avg_line_length": 33.0,
    "max_line_length": 90,
    "alphanum_fraction": 0.7,
    "alpha_fraction": 0.6,
    "own_license_expression": None,
    "scope_license_expression": None,
    "annotation_license_expression": None,
    "provenance": "first_party",
    "rights_basis": RightsBasis.OWNER_ATTESTED.value,
    "consent_valid": True,
    "repo_name": "example",
    "owner": "example owner",
    "repo_license_expression": "LicenseRef-Company",
    "repo_license_category": "proprietary",
}


def clean_row(given: Mapping[str, GivenValue]) -> dict[str, object]:
    """Return a dossier row of a clean first-party file, with the given facts put in.

    Raises:
        ConfigurationError: a given name is no dossier column.
    """
    unknown = sorted(set(given) - set(DOSSIER.names))
    if unknown:
        raise ConfigurationError(f"An example gives {unknown[0]!r}, which is no column.")
    return {**{c.name: _clean(c) for c in DOSSIER_COLUMNS}, **given}


def check_given(name: str, value: GivenValue) -> None:
    """Check that a fact of an example is one that a column can hold.

    Raises:
        ConfigurationError: there is no such column, it is of another type, or it never holds this
            word: a typo would prove a rule for the wrong reason.
    """
    column = _COLUMNS.get(name)
    if column is None:
        raise ConfigurationError(f"An example gives {name!r}, which is no column.")
    if value is None:
        return
    if pa.types.is_binary(column.type):
        raise ConfigurationError(f"{name} is not given by an example; give path_text.")
    if not _fits(column.type, value):
        raise ConfigurationError(f"{value!r} is never a value of {name}, which is {column.type}.")
    words = value if isinstance(value, list) else [value]
    wrong = [word for word in words if column.values and word not in column.values]
    if wrong:
        raise ConfigurationError(
            f"{wrong[0]!r} is never a value of {name}.",
            hint=f"It holds: {', '.join(column.values)}.",
        )


_COLUMNS: Final = {column.name: column for column in DOSSIER_COLUMNS}


def _fits(kind: pa.DataType, value: GivenValue) -> bool:
    if pa.types.is_boolean(kind) or isinstance(value, bool):
        return pa.types.is_boolean(kind) and isinstance(value, bool)
    if pa.types.is_integer(kind):
        limit = 2 ** (kind.bit_width - 1)
        return isinstance(value, int) and -limit <= value < limit
    if pa.types.is_floating(kind):
        return isinstance(value, int | float) and abs(value) <= _MOST_FLOAT
    return isinstance(value, list if pa.types.is_list(kind) else str)


_MOST_FLOAT: Final = 1e30
"""Well within what a column of 32 bits holds."""


def _clean(column: DossierColumn) -> object:
    if column.name in _NAMED:
        return _NAMED[column.name]
    if column.values == STATUSES:
        return ScanStatus.COMPLETED.value
    if column.values == LICENSE_CATEGORIES:
        return "none"
    if pa.types.is_list(column.type):
        return []
    return False if pa.types.is_boolean(column.type) else 0
