"""Grants: who may take which tier for which purpose, until when. Everything else is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ingest.errors import InputError
from policies.decision import Tier
from policies.review import check_comment, check_person

_RUN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_RUN_HEX_CHARS: Final = 20


class PullRefused(InputError):
    """Nobody granted this pull, or no longer; see `Refusal`."""


class Purpose(StrEnum):
    """What a training run is for."""

    PUBLIC_MODEL = "public-model"
    """A model that leaves the company."""
    INTERNAL_MODEL = "internal-model"
    EVALUATION = "evaluation"
    """Nothing is trained: rows are measured on, counted or looked at."""


class Refusal(StrEnum):
    """Why a grant does not allow a pull; the value is what a person reads."""

    NEVER = "internal-only rows never train a public model, whoever asks"
    NO_GRANT = "there is no grant"
    OTHER_CONSUMER = "the grant is somebody else's"
    OTHER_TIER = "the grant is for the other tier"
    OTHER_PURPOSE = "the grant is for another purpose"
    NOT_YET = "the grant has not begun"
    REVOKED = "the grant was revoked"
    EXPIRED = "the grant has expired"


_ENDED: Final = (Refusal.EXPIRED, Refusal.REVOKED, Refusal.NOT_YET)
"""What is told of a grant for the very thing that was asked for, which does not count now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for."""

    consumer: str
    """Person, team or service."""
    tier: Tier
    purpose: Purpose

    @property
    def is_forbidden(self) -> bool:
        """Tell whether no grant in the world could allow it."""
        return self.tier is not Tier.RELEASABLE and self.purpose is Purpose.PUBLIC_MODEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One person's word that a consumer may pull; created and revoked, never edited.

    Raises:
        ValueError: a name is none, consumer and granter are the same, a moment is not UTC, it
            ends before it begins, it is half revoked, or it is for what is never allowed.
    """

    id: str
    consumer: str
    tier: Tier
    purpose: Purpose
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    """First moment at which it no longer counts; there is no grant without one."""
    comment: str = ""
    revoked_by: str = ""
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        """Check the shape."""
        names = (self.consumer, self.granted_by, *([self.revoked_by] if self.revoked_by else []))
        for name in names:
            check_person(name)
        if self.comment:
            check_comment(self.comment)
        if self.consumer == self.granted_by:
            raise ValueError("nobody grants to themselves: another person has to")
        moments = (self.granted_at, self.expires_at, self.revoked_at)
        if any(m is not None and m.utcoffset() != timedelta(0) for m in moments):
            raise ValueError("moments are UTC")
        if self.expires_at <= self.granted_at:
            raise ValueError("a grant expires after it is given")
        if bool(self.revoked_by) != (self.revoked_at is not None):
            raise ValueError("a revoked grant says by whom and when")
        if Wish(consumer=self.consumer, tier=self.tier, purpose=self.purpose).is_forbidden:
            raise ValueError(Refusal.NEVER.value)

    def state_at(self, now: datetime) -> str:
        """Return ``active``, ``revoked`` or ``expired``: an expiry needs nobody to act."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "active"


def why_refused(grant: Grant | None, wish: Wish, now: datetime) -> Refusal | None:
    """Return why a grant does not allow a pull at a moment; None: it does.

    Allowed is only what passes every check; a grant for one purpose is none for another.
    """
    if wish.is_forbidden:
        return Refusal.NEVER
    if grant is None:
        return Refusal.NO_GRANT
    checks = (
        (grant.consumer == wish.consumer, Refusal.OTHER_CONSUMER),
        (grant.tier is wish.tier, Refusal.OTHER_TIER),
        (grant.purpose is wish.purpose, Refusal.OTHER_PURPOSE),
        (grant.revoked_at is None, Refusal.REVOKED),
        (now >= grant.granted_at, Refusal.NOT_YET),
        (now < grant.expires_at, Refusal.EXPIRED),
    )
    return next((refusal for is_met, refusal in checks if not is_met), None)


def may_pull(grant: Grant | None, wish: Wish, now: datetime) -> bool:
    """Tell whether a grant allows a pull at a moment; see `why_refused`."""
    return why_refused(grant, wish, now) is None


def choose_grant(
    grants: Iterable[Grant], wish: Wish, now: datetime, *, preferred: str = ""
) -> Grant | Refusal:
    """Return the grant that a pull goes by, or the reason why there is none.

    Of several the `preferred` id goes first, so that a pull again is by the grant of before; then
    the one that lasts longest. Where none allows it, one that ended says more than that there is
    none.
    """
    refusals = {grant: why_refused(grant, wish, now) for grant in grants}
    allowed = [grant for grant, refusal in refusals.items() if refusal is None]
    if allowed:
        return max(allowed, key=lambda g: (g.id == preferred, g.expires_at, g.id))
    if wish.is_forbidden:
        return Refusal.NEVER
    ended = [refusal for refusal in _ENDED if refusal in refusals.values()]
    return ended[0] if ended else Refusal.NO_GRANT


def check_run(run_id: str) -> str:
    """Return the id of a training run.

    Raises:
        ValueError: it is none: letters, digits and ``._-``, at most 128, the first no sign.
    """
    if not _RUN.fullmatch(run_id):
        raise ValueError("a training run is named by letters, digits and ._-, at most 128")
    return run_id


def unnamed_run(wish: Wish, release_id: str) -> str:
    """Return the id of a training run that nobody named: the same pull again is the same run."""
    text = f"{wish.consumer}\0{wish.tier}\0{wish.purpose}\0{release_id}"
    return f"train_{hashlib.sha256(text.encode()).hexdigest()[:_RUN_HEX_CHARS]}"
