"""Reports and explanations over the decisions in force, for any face."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.artefacts import HISTORY
from ingest.domain.finding import Family
from ingest.domain.repository import Repository
from ingest.errors import InputError
from policies.database import open_dossier
from policies.decision import Outcome
from policies.effective import Explanation, explain
from policies.model import COPY_REASONS, COPY_RESTRICTED, REVIEW_REASONS
from policies.report import ViolationReport, add_history, add_rotations, group_violations
from policies.unlock import Unlock, rank_consents, rank_unlocks
from policies.why_not import WayOut, why_not
from workers.context import Context
from workers.corpus import Corpus, corpus_keys, history_key, load_corpus, load_decisions
from workers.registered_secrets import rotations_of


def violation_report(context: Context, repositories: Sequence[Repository]) -> ViolationReport:
    """Return the report over some repositories.

    Raises:
        InputError: nothing was decided yet.
    """
    decisions, corpus = _decided(context)
    ids = pa.array([r.id for r in repositories], pa.string())
    wanted = decisions.filter(pc.is_in(decisions["repo_id"], ids))
    report = group_violations(
        wanted.replace_schema_metadata(decisions.schema.metadata),
        corpus.dossier(),
        facts=corpus.facts,
        trees=corpus.trees,
        policy=context.policy,
    )
    report = add_history(
        report,
        _histories(context, repositories),
        corpus.snapshots,
        context.lake.read_facts(Family.SECRETS, context.ruleset_digests[Family.SECRETS]),
    )
    said = rotations_of(context.catalog)
    return add_rotations(report, {name: rotation.state for name, rotation in said.items()})


def _histories(context: Context, repositories: Sequence[Repository]) -> pa.Table:
    """Return the listed histories of the newest visits; empty where none was asked for."""
    tables = [HISTORY.empty_table()]
    for repository in repositories:
        visit = context.catalog.latest_visit(repository.id)
        key = history_key(context, repository.id, visit.refs_digest) if visit else ""
        if key and context.lake.exists("history", key):
            tables.append(context.lake.read("history", key))
    return pa.concat_tables(tables)


def explain_path(
    context: Context, repository: Repository, path: bytes
) -> tuple[Explanation, dict[str, object]]:
    """Return the explanation of one occurrence and its dossier row.

    Raises:
        InputError: nothing was decided yet, or HEAD has no such path.
    """
    decisions, corpus = _decided(context)
    decision = _row(decisions, repository, path)
    dossier = _row(corpus.dossier(), repository, path)
    return explain(decision, dossier, context.policy), dossier


def find_way_out(
    context: Context, repository: Repository, path: bytes
) -> tuple[Explanation, WayOut]:
    """Return the explanation of one occurrence and the smallest ways to its release.

    Raises:
        InputError: nothing was decided yet, or HEAD has no such path.
    """
    decisions, corpus = _decided(context)
    decision = _row(decisions, repository, path)
    dossier = _row(corpus.dossier(), repository, path)
    told = explain(decision, dossier, context.policy)
    copied = [reason.id for reason in told.reasons if reason.id in COPY_REASONS]
    others = pc.and_(
        pc.equal(decisions["blob_id"], str(decision["blob_id"])),
        pc.invert(pc.equal(decisions["outcome"], Outcome.RELEASABLE.value)),
    )
    # One is the file itself; a copy of it elsewhere is held for reasons of its own.
    if not copied and decisions.filter(others).num_rows > 1:
        copied = [COPY_RESTRICTED]
    decided = [reason.id for reason in told.reasons if reason.id in REVIEW_REASONS]
    return told, why_not(
        dossier,
        context.policy,
        copied=next(iter(copied), ""),
        decided=decided,
        waived=told.waived,
    )


def find_unlocks(context: Context) -> list[Unlock]:
    """Return the single approvals that would release most, first the largest.

    Raises:
        InputError: nothing was decided yet.
    """
    decisions, corpus = _decided(context)
    keys = corpus_keys(context)
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        content = corpus.facts[Family.CONTENT]
        consents = rank_consents(connection, context.policy, content=content, reviews=keys.reviews)
    found = [*consents, *rank_unlocks(decisions, context.policy)]
    return sorted(found, key=lambda unlock: -unlock.volume.bytes)


def _decided(context: Context) -> tuple[pa.Table, Corpus]:
    keys = corpus_keys(context)
    decisions = load_decisions(context, keys)
    if decisions is None:
        raise InputError(
            "There are no decisions over the present corpus and policy.",
            hint="Run: shardgate sync",
        )
    return decisions, load_corpus(context, keys)


def _row(table: pa.Table, repository: Repository, path: bytes) -> dict[str, object]:
    match = pc.and_(
        pc.equal(table["repo_id"], repository.id),
        pc.equal(table["path"], pa.scalar(path, pa.binary())),
    )
    rows: list[dict[str, object]] = table.filter(match).to_pylist()
    if not rows:
        raise InputError(
            f"{repository.name} has no such path at its last snapshot.",
            hint="Paths are relative to the root of the repository.",
        )
    return rows[0]
