"""Which single approvals would release most, as faces tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workers.context import Context
from workers.reports import find_unlocks

MOST: Final = 200
"""Approvals that are told where nobody asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockView:
    """One approval and what it alone would release."""

    reason: str
    """Rule or engine reason that is cleared, or ``consent``."""
    lane: str
    """Who decides on it; empty for the owner of the repository."""
    repository_id: str
    repository: str
    license: str
    """Effective license of the files; empty where there is none."""
    files: int
    bytes: int
    tokens: int
    """Estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocks:
    """The approvals that would release most."""

    items: Sequence[UnlockView]
    """First the largest."""
    total: int
    """How many there are in all."""


def rank(context: Context, most: int = MOST) -> Unlocks:
    """Return the single approvals that would release most, so many of them.

    Raises:
        InputError: nothing was decided yet.
    """
    names = context.repository_names()
    found = find_unlocks(context)
    items = [
        UnlockView(
            reason=u.reason,
            lane=u.lane,
            repository_id=u.repo_id,
            repository=names.get(u.repo_id, u.repo_id),
            license=u.license_expression,
            files=u.volume.files,
            bytes=u.volume.bytes,
            tokens=u.volume.tokens,
        )
        for u in found[:most]
    ]
    return Unlocks(items=items, total=len(found))
