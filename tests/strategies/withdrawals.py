"""Withdrawals in force, made by hand and by hypothesis."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
from hypothesis import strategies as st

from policies.review import (
    WITHDRAWN_CONTENTS,
    Review,
    Reviews,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
    in_force,
)
from tests.strategies.reviews import BLOBS, NOW


def withdrawal(name: str, selector: Selector, value: str = "", **given: object) -> Withdrawal:
    """What somebody withdrew an hour ago."""
    values: dict[str, object] = {
        "id": name,
        "selector": selector,
        "value": value,
        "reason": WithdrawalReason.RIGHTS_CLAIM,
        "comment": "a claim came in",
        "withdrawn_by": "ada",
        "withdrawn_at": NOW - timedelta(hours=1),
    }
    return Withdrawal(**(values | given))  # type: ignore[arg-type]


def place(name: str, repo_id: str, path: bytes, blob: str) -> dict[str, object]:
    """A place at which a withdrawn content was found; `blob` is one hexadecimal digit."""
    found = {"repo_id": repo_id, "path": path, "blob_id": blob * 40, "is_license_text": False}
    return {"withdrawal_id": name, **found}


def standing(
    *withdrawals: Withdrawal, reviews: tuple[Review, ...] = (), places: list[object] | None = None
) -> Reviews:
    """Withdrawals that stand, with contents that they were found to be about, and reviews."""
    contents = pa.Table.from_pylist(places or [], schema=WITHDRAWN_CONTENTS)
    return in_force(reviews, NOW, withdrawals, contents)


def withdrawals() -> st.SearchStrategy[Withdrawal]:
    """A withdrawal of some content, place, repository or license of the repository ``r``."""
    wanted = st.one_of(
        st.sampled_from(BLOBS).map(lambda blob: (Selector.BLOB, blob * 40, "")),
        st.sampled_from(["0", "1", "[23]", "**"]).map(lambda p: (Selector.PATH, p, "r")),
        st.just((Selector.REPOSITORY, "", "r")),
        st.sampled_from(["MIT", "Apache-2.0"]).map(lambda name: (Selector.LICENSE, name, "")),
    )
    return st.builds(
        lambda number, what, scope: withdrawal(
            f"wdr_{number}", what[0], what[1], repo_id=what[2], scope=scope
        ),
        st.integers(0, 99),
        wanted,
        st.sampled_from(WithdrawalScope),
    )
