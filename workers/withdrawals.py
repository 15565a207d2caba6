"""Withdraw, for any face: what it would take back, saying it, and lifting it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from ingest.errors import InputError
from policies.decision import Tier
from policies.review import (
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
    in_force,
)
from policies.standing import PRESENT
from store.catalog import (
    Acknowledgement,
    PullBook,
    PullRecord,
    RecallBook,
    RecallRecord,
    ReleaseRecord,
    WithdrawalBook,
    fresh_id,
)
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import corpus_keys
from workers.decisions import decide_anew
from workers.released import judge_releases, manifest_of, published, released_rows
from workers.remarks import checked_pattern, checked_remark
from workers.running import find_repository
from workers.withdrawn import find_contents, keep_contents

_ID_CHARS: Final = 20
"""Four of the prefix and 16 of chance: people type these ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants to withdraw."""

    selector: Selector
    value: str
    repo_id: str
    scope: WithdrawalScope
    reason: WithdrawalReason
    comment: str
    by: str


def checked_order(context: Context, order: Order) -> Order:
    """Return an order as it may be kept: its repository by id, and no secret in its words.

    Args:
        context: adapters.
        order: its `repo_id` may be a name too, as a person writes it.

    Raises:
        InputError: a repository lacks, is too much or unknown, nothing says why, or what is
            written holds a secret.
    """
    is_placed = order.selector in (Selector.REPOSITORY, Selector.PATH)
    if is_placed != bool(order.repo_id):
        raise InputError("A repository is named for itself and for paths in it, and only then.")
    if not order.comment:
        raise InputError("Say why; it is kept with the withdrawal.")
    known = context.catalog.list_repositories()
    return replace(
        order,
        value=checked_pattern(context, order.value),
        repo_id=find_repository(known, order.repo_id).id if order.repo_id else "",
        comment=checked_remark(context, order.comment),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy that goes too, and what it is a copy of."""

    repo_id: str
    path: bytes
    counterpart: tuple[str, bytes]
    """Repository and path; empty where they are not known any more."""
    score: float
    """Similarity; 1 is the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What a withdrawal takes out of one release."""

    release: ReleaseRecord
    rows: int
    """Rows that go, copies among them."""
    shards: int
    """Shards that are written again; all others keep their bytes."""
    shards_in_all: int
    copies: tuple[Copied, ...]
    pulls: tuple[PullRecord, ...]
    """Who has it, and for which training run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlastRadius:
    """What a withdrawal takes back."""

    places: int
    """Files that it names, in the corpus and in all that was released, each place once."""
    contents: int
    """Different contents of these."""
    releases: tuple[Struck, ...]
    """By tier and age; those that lose nothing are not among them."""
    unjudged: tuple[str, ...]
    """Releases that cannot be judged, as what they were decided by is not kept."""

    @property
    def rows(self) -> int:
        """Rows of all releases that go."""
        return sum(struck.rows for struck in self.releases)


def draft_withdrawal(order: Order) -> Withdrawal:
    """Return the withdrawal that an order amounts to; nothing is written.

    Raises:
        InputError: it is malformed.
    """
    try:
        return Withdrawal(
            id=fresh_id("wdr")[:_ID_CHARS],
            selector=order.selector,
            value=order.value,
            repo_id=order.repo_id,
            scope=order.scope,
            reason=order.reason,
            comment=order.comment,
            withdrawn_by=order.by,
            withdrawn_at=utc_now(),
        )
    except ValueError as error:
        raise InputError(f"This cannot be withdrawn: {error}.") from None


def name_contents(context: Context, withdrawal: Withdrawal) -> pa.Table:
    """Return the contents that a withdrawal is about, of the corpus and of all that is out."""
    return find_contents(context, withdrawal, [corpus_keys(context).dossier])


def foresee(context: Context, withdrawal: Withdrawal) -> tuple[BlastRadius, pa.Table]:
    """Return what a withdrawal takes back, and the contents that it is about.

    Raises:
        ArtefactCorrupt: what is known of a release does not fit together.
    """
    keys = corpus_keys(context)
    contents = name_contents(context, withdrawal)
    standing = keys.reviews
    bound = [contents] if withdrawal.is_bound_to_contents else []
    trial = in_force(
        standing.items,
        utc_now(),
        [*standing.withdrawals, withdrawal],
        pa.concat_tables([standing.withdrawn, *bound]),
    )
    struck: list[Struck] = []
    unjudged: list[str] = []
    said = (context.policy, trial, keys.rights)
    for held in judge_releases(context, published(context), said, PRESENT.empty_table()):
        if held.rows is None:
            unjudged.append(held.release.id)
            continue
        names = held.rows["withdrawal_id"].to_pylist()
        # A release that loses nothing has no rows to tell a type by.
        ours = pa.array([name == withdrawal.id for name in names], pa.bool_())
        if ours.true_count:
            struck.append(_struck(context, held.release, held.rows.filter(ours)))
    order = list(Tier)
    struck.sort(key=lambda s: (order.index(s.release.tier), s.release.created_at, s.release.id))
    places = contents.select(["repo_id", "path"]).to_pylist()
    radius = BlastRadius(
        places=len({(p["repo_id"], p["path"]) for p in places if p["repo_id"]}),
        contents=len(set(contents["blob_id"].to_pylist())),
        releases=tuple(struck),
        unjudged=tuple(sorted(unjudged)),
    )
    return radius, contents


def withdraw(context: Context, withdrawal: Withdrawal, contents: pa.Table) -> str:
    """Withdraw, seal the audit chain and decide anew; return the id of the run.

    Raises:
        Conflict: another withdrawal has this id.
    """
    keep_contents(context, withdrawal, contents)
    WithdrawalBook(context.catalog, context.policy).withdraw(withdrawal)
    seal_audit(context)
    return decide_anew(context)


def unacknowledged(context: Context, recall: RecallRecord) -> dict[str, list[PullRecord]]:
    """Return who has pulled what was recalled and has not said that they know: their pulls."""
    known = {a.consumer for a in acknowledgements(context, recall)}
    pulls = who_pulled(context, recall)
    return {consumer: found for consumer, found in pulls.items() if consumer not in known}


def who_pulled(context: Context, recall: RecallRecord) -> dict[str, list[PullRecord]]:
    """Return everybody who has pulled a release that a recall is about: their pulls."""
    found: defaultdict[str, list[PullRecord]] = defaultdict(list)
    for release in recall.releases:
        for pull in _pulls(context, release.release_id):
            found[pull.consumer].append(pull)
    return dict(sorted(found.items()))


def acknowledgements(context: Context, recall: RecallRecord) -> list[Acknowledgement]:
    """Return who says that they know of a recall."""
    return RecallBook(context.catalog, utc_now).acknowledgements(recall.id)


def _pulls(context: Context, release_id: str) -> list[PullRecord]:
    return PullBook(context.catalog, utc_now).list_all(release_id=release_id)


def _struck(context: Context, release: ReleaseRecord, rows: pa.Table) -> Struck:
    ids = set(rows["row_id"].to_pylist())
    placed = released_rows(context, release).select(["row_id", "shard"]).to_pylist()
    shards = {row["shard"] for row in placed if row["row_id"] in ids}
    copies = [
        Copied(
            repo_id=row["repo_id"],
            path=row["path"],
            counterpart=(row["counterpart_repo_id"] or "", row["counterpart_path"] or b""),
            score=row["counterpart_score"],
        )
        for row in rows.to_pylist()
        if row["counterpart_score"] is not None
    ]
    return Struck(
        release=release,
        rows=rows.num_rows,
        shards=len(shards),
        shards_in_all=len(manifest_of(context, release).shards),
        copies=tuple(sorted(copies, key=lambda c: (-c.score, c.repo_id, c.path))),
        pulls=tuple(_pulls(context, release.id)),
    )
