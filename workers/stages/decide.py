"""Decide: one pass of the policy over every occurrence of the corpus."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.errors import TransientError
from policies.evaluate import decide as evaluate
from store.catalog import ClaimedJob, JobSpec, PolicyBook
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_corpus
from workers.foresight import keep_clusters
from workers.indexing import make_indexes
from workers.refreshing import await_refresh
from workers.released import signatures
from workers.rescan import keep_accepted
from workers.sandbox import Progress
from workers.withdrawn import keep_later_contents


def decide(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Write the decisions over the present corpus; then look at what is out.

    Raises:
        MustWait: rules changed, and not everything is scanned by those of today.
        TransientError: what is decided on changed meanwhile.
    """
    keys = corpus_keys(context)
    name = context.policy.document.name
    book = PolicyBook(context.catalog, clock=utc_now)
    book.activate_policy(context.policy.digest, name, context.policy_text)
    if not context.lake.exists("decisions", keys.decisions):
        await_refresh(context, job, keys)
        corpus = load_corpus(context, keys)
        progress(0, corpus.snapshots.num_rows)
        dossier = corpus.dossier()
        if keep_later_contents(context, keys.reviews, dossier, keys.dossier):
            # What is withdrawn is part of the keys.
            return decide(context, job, progress)
        decisions = evaluate(
            dossier,
            context.policy,
            content=signatures(context),
            input_digest=keys.decisions,
            reviews=keys.reviews,
        )
        if corpus_keys(context).decisions != keys.decisions:
            raise TransientError("Facts, rights or the policy changed while they were judged.")
        context.lake.write("dossiers", keys.dossier, dossier)
        keep_accepted(context, keys.dossier, corpus.accepted)
        # Whoever finds the decisions finds what they are listed from.
        make_indexes(context, keys, corpus, decisions)
        keep_clusters(context)
        context.lake.write("decisions", keys.decisions, decisions)
        progress(decisions.num_rows, decisions.num_rows)
    return [JobSpec.of(run_id=job.run_id, stage="recall", scope="", subject=keys.decisions)]
