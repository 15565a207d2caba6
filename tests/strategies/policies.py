"""Dossiers and changes that can only restrict, as hypothesis strategies."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from hypothesis import strategies as st

from policies.columns import DOSSIER
from policies.examples import clean_row

Row = dict[str, object]

_COUNTS = st.sampled_from([0, 0, 0, 1, 60, None])
_FLAGS = st.sampled_from([False, False, True, None])
_CATEGORIES = ["none", "none", "permissive", "weak_copyleft", "copyleft", "proprietary", "unknown"]

FACTS = {
    "secrets_status": st.sampled_from(["completed", "completed", "timed_out", "missing"]),
    "secret_count": _COUNTS,
    "strong_secret_count": _COUNTS,
    "pii_count": _COUNTS,
    "model_person_count": _COUNTS,
    "confidential_count": _COUNTS,
    "customer_count": _COUNTS,
    "codename_count": _COUNTS,
    "path_finding_count": _COUNTS,
    "undecoded": _COUNTS,
    "is_vendor": _FLAGS,
    "is_generated": _FLAGS,
    "is_minified": _FLAGS,
    "training_restricted": _FLAGS,
    "has_restriction": _FLAGS,
    "has_foreign_holder": _FLAGS,
    "has_company_holder": _FLAGS,
    "scope_is_root": _FLAGS,
    "consent_valid": st.sampled_from([True, True, False, None]),
    "own_license_category": st.sampled_from(_CATEGORIES),
    "scope_license_category": st.sampled_from(_CATEGORIES),
    "repo_license_category": st.sampled_from(_CATEGORIES),
    "provenance": st.sampled_from(["first_party", "first_party", "third_party", "mixed", None]),
    "rights_basis": st.sampled_from(["owner-attested", "contract", "license", None]),
}


@st.composite
def dossier_rows(draw: st.DrawFn) -> Row:
    """A row that differs from a clean one in at most five facts."""
    names = draw(st.sets(st.sampled_from(sorted(FACTS)), max_size=5))
    return {**clean_row({}), **{name: draw(FACTS[name]) for name in sorted(names)}}


def _more(name: str) -> Callable[[Row], Row]:
    def change(row: Row) -> Row:
        count = row[name]
        # One more than unknown is unknown: that one is known may loosen what not knowing held.
        return {**row, name: count + 1} if isinstance(count, int) else row

    return change


def _put(name: str, value: object) -> Callable[[Row], Row]:
    return lambda row: {**row, name: value}


RESTRICTIVE_CHANGES: dict[str, Callable[[Row], Row]] = {
    **{f"one more in {name}": _more(name) for name in sorted(FACTS) if name.endswith("_count")},
    **{
        f"{name} becomes true": _put(name, True)
        for name in ("training_restricted", "has_restriction", "is_generated", "is_minified")
    },
    "a foreign holder is seen": _put("has_foreign_holder", value=True),
    "the path is vendored": _put("is_vendor", value=True),
    "the own notice is copyleft": _put("own_license_category", "copyleft"),
    "the own notice is unknown": _put("own_license_category", "unknown"),
    "the owner is unknown": _put("provenance", "unknown"),
    "consent expires": _put("consent_valid", value=False),
    "the rights basis is lost": _put("rights_basis", None),
    **{
        f"the {family} scan fails": _put(f"{family}_status", "failed")
        for family in ("content", "secrets", "pii", "confidential", "licensing", "provenance")
    },
}


def as_dossier(rows: list[Row]) -> pa.Table:
    """Return rows as a dossier table."""
    return pa.Table.from_pylist(rows, schema=DOSSIER)


def occurrence(repo_id: str, path: bytes, blob: str, **given: object) -> Row:
    """A clean row at a place; `blob` is one hexadecimal digit."""
    place = {"repo_id": repo_id, "path": path, "blob_id": blob * 40}
    return {**clean_row({}), **place, "path_text": path.decode("utf-8", "replace"), **given}
