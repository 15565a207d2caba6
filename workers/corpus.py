"""The corpus: the newest good snapshot of every repository, with all facts about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.secrets.known import KnownValues
from ingest.domain.artefacts import SCHEMA_VERSION, SNAPSHOT, TREE_FACTS
from ingest.domain.finding import BLOB_FAMILIES, Family, ScanStatus
from ingest.domain.repository import Repository
from policies.dossier import RIGHTS, assemble_dossier
from policies.review import Reviews, clear_findings, in_force
from workers.context import Context, utc_now
from workers.known import known_values
from workers.license_reader import license_algebra
from workers.scan_paths import finding_of

FINDING_FAMILIES = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)

_FACTS_BYTES = 128 * 2**20
"""Facts of at most this size are kept for the next stage that asks for the same."""


def digest_of(*parts: object) -> str:
    """Return a SHA-256 hex key over JSON-encodable parts and the schema version."""
    text = json.dumps([SCHEMA_VERSION, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def history_key(context: Context, repository_id: str, refs_digest: str) -> str:
    """Return the key of a repository's listed history: everything that its rows depend on."""
    return digest_of("history", repository_id, refs_digest, context.settings.max_blob_bytes)


def units_of(snapshot: pa.Table) -> pa.Table:
    """Return the scan units (blob_id, suffix, size) of a snapshot, each once, in path order."""
    texts = snapshot.filter(pc.is_null(snapshot["skip_reason"]))
    texts = texts.select(["blob_id", "suffix", "size", "path"])
    texts = texts.sort_by([("path", "ascending"), ("suffix", "ascending")])
    texts = texts.append_column("row", pa.array(np.arange(texts.num_rows)))
    firsts = texts.group_by(["blob_id", "suffix"]).aggregate([("row", "min")])
    return texts.take(firsts["row_min"].combine_chunks().sort()).select(
        ["blob_id", "suffix", "size"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusKeys:
    """Which artefacts make up the corpus, and the key of the decisions over it."""

    snapshots: Mapping[str, str]
    """Repository id to snapshot key."""
    trees: Mapping[str, str]
    """Repository id to tree facts key; equal repositories in both."""
    dossier: str
    """Key of the dossier: all that is known, whatever policy judges it."""
    decisions: str
    rights: pa.Table
    """The rights that these two keys were made from."""
    reviews: Reviews
    """What people decided and is in force; part of the key, so an expiry makes another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Tables of the corpus, all repositories concatenated, without false positives."""

    snapshots: pa.Table
    trees: pa.Table
    facts: Mapping[Family, pa.Table]
    rights: pa.Table
    accepted: frozenset[str]
    """`Finding.hmac` of values that people declared none; the exit scan lets them pass."""

    def dossier(self) -> pa.Table:
        """Join everything into one row per occurrence."""
        return assemble_dossier(self.snapshots, self.facts, self.trees, self.rights)


def missing_units(context: Context, snapshot: pa.Table) -> dict[Family, pa.Table]:
    """Return the units of a snapshot that lack facts, by blob family."""
    units = units_of(snapshot)
    digests = context.ruleset_digests
    return {f: context.lake.missing_units(units, f, digests[f]) for f in BLOB_FAMILIES}


def tree_key(context: Context, repository: Repository, snapshot_key: str) -> str:
    """Return the key of a snapshot's tree facts, over every input that can change one.

    How many units lack facts is such an input: facts that arrive later make new tree facts.
    """
    return digest_of(
        "trees",
        snapshot_key,
        context.provenance_digest,
        context.ruleset_digests,
        repository.license,
        units_lacking(context, snapshot_key),
    )


def units_lacking(context: Context, snapshot_key: str) -> Mapping[str, int]:
    """Return how many units lack facts, by family; asked again only after facts were added.

    Facts are never taken away, so where none lacks none ever will, by the same rules.
    """
    digests = context.ruleset_digests
    batches = tuple((digests[f], context.lake.count_batches(f, digests[f])) for f in BLOB_FAMILIES)
    known = context.missing_counts.get(snapshot_key)
    if known is not None and not any(known[1].values()):
        rules = [digest for digest, _ in known[0]]
        if rules == [digest for digest, _ in batches]:
            return known[1]
    if known is None or known[0] != batches:
        snapshot = context.lake.read("snapshots", snapshot_key)
        counts = {f.value: t.num_rows for f, t in missing_units(context, snapshot).items()}
        known = context.missing_counts[snapshot_key] = (batches, counts)
    return known[1]


def corpus_keys(context: Context) -> CorpusKeys:
    """Return the keys of the present corpus; repositories without a good visit are left out."""
    from workers.withdrawn import later_contents  # noqa: PLC0415 - a folder has no withdrawals

    repositories = {r.id: r for r in context.catalog.list_repositories()}
    snapshots = {r: k for r, k in sorted(context.catalog.corpus().items()) if r in repositories}
    trees = {r: tree_key(context, repositories[r], key) for r, key in snapshots.items()}
    rights = rights_table(context)
    reviews = reviews_in_force(context)
    cleared = Reviews(items=reviews.false_positives).digest
    # The same corpus is decided on anew once more is known to be withdrawn.
    later = later_contents(context, reviews.withdrawals)
    # Who registers another repository changes nothing of what was decided before it is visited.
    said = [row for row in rights.to_pylist() if row["repo_id"] in snapshots]
    # What is decided before a tree is looked at says so of each of its files, and must not be
    # found again once it was.
    unseen = [r for r, key in trees.items() if not context.lake.exists("trees", key)]
    dossier = digest_of("dossier", snapshots, trees, unseen, said, cleared, *later)
    return CorpusKeys(
        snapshots=snapshots,
        trees=trees,
        dossier=dossier,
        decisions=decisions_key(dossier, context.policy.digest, reviews.digest),
        rights=rights,
        reviews=reviews,
    )


def decisions_key(dossier: str, policy_digest: str, reviews_digest: str) -> str:
    """Return the key of decisions: the dossier that is judged, by which policy and reviews.

    `reviews_digest` is `Reviews.digest`.
    """
    return digest_of("decisions", dossier, policy_digest, reviews_digest)


def reviews_in_force(context: Context) -> Reviews:
    """Return what people decided and holds at this moment, and what they withdrew."""
    from store.catalog import ReviewBook  # noqa: PLC0415 - a scan of a folder needs no catalog
    from workers.withdrawn import standing_withdrawals  # noqa: PLC0415 - as above

    agreed = ReviewBook(context.catalog, context.policy).agreed()
    return in_force(agreed, utc_now(), *standing_withdrawals(context))


def rights_table(context: Context) -> pa.Table:
    """Return one row per repository: what its owner attested, and whether consent holds today.

    Raises:
        ArtefactCorrupt: one is not as the audit chain says that it was stated.
    """
    from store.catalog.registrations import unedited_repositories  # noqa: PLC0415 - as above

    today = context.today()
    algebra = license_algebra()
    rows = [
        {
            "repo_id": r.id,
            "name": r.name,
            "owner": r.owner,
            "rights_basis": r.rights_basis.value,
            "license": r.license,
            "license_category": algebra.read(r.license).category,
            "consent_valid": r.has_valid_consent(today),
        }
        for r in sorted(unedited_repositories(context.catalog), key=lambda r: r.id)
    ]
    return pa.Table.from_pylist(rows, schema=RIGHTS)


def load_corpus(
    context: Context,
    keys: CorpusKeys,
    reviews: Reviews | None = None,
    *,
    beside: pa.Table | None = None,
) -> Corpus:
    """Read every table of the corpus. Trees that were not written are absent, not guessed.

    With `reviews`, as if these were in force instead of those of the keys. Where the keys are a
    part of the corpus, `beside` (repo_id, blob_id) tells where else its contents stand.
    """
    lake = context.lake
    snapshots = [lake.read("snapshots", key) for key in keys.snapshots.values()]
    trees = [lake.read("trees", key) for key in keys.trees.values() if lake.exists("trees", key)]
    occurrences = pa.concat_tables([SNAPSHOT.empty_table(), *snapshots])
    facts = load_facts(context, occurrences)
    all_trees = pa.concat_tables([TREE_FACTS.empty_table(), *trees])
    homes = occurrences.select(["repo_id", "blob_id"])
    if beside is not None:
        homes = pa.concat_tables([homes, beside.cast(homes.schema)])
    cleared = clear_findings(facts, all_trees, homes, keys.reviews if reviews is None else reviews)
    return Corpus(
        snapshots=occurrences,
        trees=cleared.trees,
        facts=cleared.facts,
        rights=keys.rights,
        accepted=cleared.accepted,
    )


def load_facts(context: Context, snapshots: pa.Table) -> dict[Family, pa.Table]:
    """Return the facts of every blob family about the blobs of some snapshots."""
    blob_ids = pc.unique(snapshots["blob_id"])
    digests = context.ruleset_digests
    # Batches are never changed or removed, so equal counts mean equal facts.
    counts = [context.lake.count_batches(f, digests[f]) for f in BLOB_FAMILIES]
    key = digest_of("facts", digests, counts, _digest_of_ids(blob_ids))
    if key in context.facts:
        return context.facts[key]
    tables = {f: context.lake.read_facts(f, digests[f], blob_ids) for f in BLOB_FAMILIES}
    facts = tables | {f: share_findings(tables[f]) for f in FINDING_FAMILIES}
    # Those of the whole corpus stay while somebody looks at one repository of it.
    while len(context.facts) > 1:
        del context.facts[next(iter(context.facts))]
    if sum(table.nbytes for table in facts.values()) <= _FACTS_BYTES:
        context.facts[key] = facts
    return facts


def known_of_company(context: Context) -> KnownValues:
    """Return the lookup of every secret found by the rules in force, in whatever repository.

    Facts count of heads and histories alike, and of repositories that are no longer registered.
    """
    digest = context.ruleset_digests[Family.SECRETS]
    key = digest, context.lake.count_batches(Family.SECRETS, digest)
    if (remembered := context.known.get(key)) is not None:
        return remembered
    facts = context.lake.read_facts(Family.SECRETS, digest, columns=["findings"])
    found = facts.filter(pc.greater(pc.list_value_length(facts["findings"]), 0))["findings"]
    findings = (finding_of(row) for rows in found.to_pylist() for row in rows)
    known = known_values(findings, context.keys.hmac)
    context.known.clear()
    context.known[key] = known
    return known


def _digest_of_ids(blob_ids: pa.Array) -> str:
    return hashlib.sha256("\n".join(blob_ids.to_pylist()).encode()).hexdigest()


def share_findings(facts: pa.Table) -> pa.Table:
    """Return facts in which every unit of a blob has what was found under any name hint.

    Detectors look harder at some kinds of files, and the same bytes are shipped whatever the
    name: what is a secret in ``app.yaml`` is one in its copy ``app.txt``. Spans are of the same
    normalised text, so they carry over. The worst status counts for all.
    """
    counts = facts.group_by("blob_id").aggregate([("suffix", "count")])
    several = counts.filter(pc.greater(counts["suffix_count"], 1))["blob_id"]
    if not len(several):
        return facts
    is_shared = pc.is_in(facts["blob_id"], several.combine_chunks())
    rows = facts.filter(is_shared).to_pylist()
    found: dict[str, dict[tuple[int, int, str], dict[str, Any]]] = {}
    worst: dict[str, tuple[str, str]] = {}
    for row in rows:
        spans = found.setdefault(row["blob_id"], {})
        spans |= {(f["start"], f["end"], f["rule_id"]): f for f in row["findings"] or []}
        if row["status"] != ScanStatus.COMPLETED.value:
            worst[row["blob_id"]] = (row["status"], row["reason"])
    for row in rows:
        spans = found[row["blob_id"]]
        row["findings"] = [spans[key] for key in sorted(spans)]
        row["status"], row["reason"] = worst.get(row["blob_id"], (row["status"], row["reason"]))
    shared = pa.Table.from_pylist(rows, schema=facts.schema)
    return pa.concat_tables([facts.filter(pc.invert(is_shared)), shared]).sort_by(
        [("blob_id", "ascending"), ("suffix", "ascending")]
    )


def load_decisions(context: Context, keys: CorpusKeys) -> pa.Table | None:
    """Return the decisions over the present corpus, or None while they are not made."""
    if not context.lake.exists("decisions", keys.decisions):
        return None
    return context.lake.read("decisions", keys.decisions)
