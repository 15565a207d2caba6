"""Decide: one pass of the policy over every occurrence of the corpus."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.domain.finding import Family
from ingest.errors import TransientError
from policies.evaluate import decide as evaluate
from store.catalog import ClaimedJob, JobSpec, PolicyBook
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_corpus
from workers.sandbox import Progress


def decide(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Write the decisions over the present corpus; then ask for the builds of the run."""
    keys = corpus_keys(context)
    name = context.policy.document.name
    book = PolicyBook(context.catalog, clock=utc_now)
    book.activate_policy(context.policy.digest, name, context.policy_text)
    if not context.lake.exists("decisions", keys.decisions):
        corpus = load_corpus(context, keys)
        progress(0, corpus.snapshots.num_rows)
        dossier = corpus.dossier()
        decisions = evaluate(
            dossier,
            context.policy,
            content=corpus.facts[Family.CONTENT],
            input_digest=keys.decisions,
            reviews=keys.reviews,
        )
        if corpus_keys(context).decisions != keys.decisions:
            raise TransientError("Facts, rights or the policy changed while they were judged.")
        context.lake.write("dossiers", keys.dossier, dossier)
        context.lake.write("decisions", keys.decisions, decisions)
        progress(decisions.num_rows, decisions.num_rows)
    return [
        JobSpec.of(run_id=job.run_id, stage="build", scope="", subject=f"{tier}.{keys.decisions}")
        for tier in context.catalog.run_tiers(job.run_id)
    ]
