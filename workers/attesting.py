"""Attest what a training run consumed: from the signed receipts, with what became of it since."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.errors import InputError, ReleaseRefused
from release.domain.feed import ReleaseStanding
from release.domain.receipt import Receipt
from release.domain.statement import RECALLED, Consumption, Standing, Statement, make_statement
from release.pull import open_receipt, sign_statement
from release.pull.recalls import read_feed
from store.catalog import AuditLog, GrantBook, PolicyBook, PullBook, ReleaseBook
from store.catalog.chain_rows import check_pulls
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.recalls import RESTRICTED_BY


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A statement and its signed envelope."""

    statement: Statement
    envelope: bytes


def attest(context: Context, run_id: str, *, by: str) -> Attestation:
    """State which shards were pulled for a training run, sign it, and write that into the chain.

    Raises:
        InputError: nothing was pulled for the run.
        ReleaseRefused: a receipt in the catalog is not the one that was signed.
        ArtefactCorrupt: the pulls of the run are not those that the audit chain names.
    """
    receipts = _read_receipts(context, run_id)
    # Before anything is said of what was not pulled: a row may have been taken away.
    check_pulls(context.catalog, run_id)
    if not any(receipt.shards for receipt in receipts.values()):
        raise InputError(
            f"No shard was pulled for a training run {run_id}.", hint="Run: shardgate pulls"
        )
    statement = make_statement(_consumption(context, receipts), utc_now())
    envelope = sign_statement(statement, context.keys.private)
    detail = {
        "shards": len(statement.subject),
        "statement": hashlib.sha256(envelope).hexdigest(),
    }
    AuditLog(context.catalog, clock=utc_now).append(by, "attest", run_id, detail)
    seal_audit(context)
    return Attestation(statement=statement, envelope=envelope)


def _read_receipts(context: Context, run_id: str) -> dict[str, Receipt]:
    """Return the receipts of a run by digest; who could write the catalog cannot make one."""
    found = {}
    for digest, envelope in PullBook(context.catalog, clock=utc_now).receipts(run_id).items():
        receipt = open_receipt(envelope, context.keys.public)
        if hashlib.sha256(envelope).hexdigest() != digest or receipt.run_id != run_id:
            raise ReleaseRefused("A receipt in the catalog is not the one that was kept.")
        found[digest] = receipt
    return found


def _consumption(context: Context, receipts: dict[str, Receipt]) -> Consumption:
    policies = PolicyBook(context.catalog, clock=utc_now)
    grants = GrantBook(context.catalog, clock=utc_now)
    standings = {r.release_id: _standing(context, r) for r in receipts.values()}
    digests = {shard.policy_digest for r in receipts.values() for shard in r.shards}
    digests |= {standing.restricted_by for standing in standings.values()} - {""}
    known = {digest: policies.find_policy(digest) for digest in digests}
    held = {name: grants.find(name) for name in {r.grant_id for r in receipts.values()}}
    return Consumption(
        receipts=receipts,
        grants=[grant for grant in held.values() if grant is not None],
        policies={digest: record.name for digest, record in known.items() if record is not None},
        standings=standings,
    )


def _standing(context: Context, receipt: Receipt) -> Standing:
    """Return what the catalog and the feed of recalls say of a release now."""
    record = ReleaseBook(context.catalog, clock=utc_now).find_release(receipt.release_id)
    if record is None:
        raise ReleaseRefused(f"The catalog no longer knows {receipt.release_id}.")
    root = context.settings.shards_dir(receipt.tier.value)
    # The installation's own feed is the newest there is, however old.
    feed = read_feed(root, context.keys.public, receipt.tier, now=None)
    by = str(record.params.get(RESTRICTED_BY, ""))
    entry = feed.releases.get(receipt.release_id) if feed is not None else None
    if entry is None or entry.state is not ReleaseStanding.RECALLED:
        return Standing(state=record.state.value, restricted_by=by)
    return Standing(state=RECALLED, replaced_by=entry.replaced_by, restricted_by=by)
