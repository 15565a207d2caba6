"""Reports and explanations over the decisions in force, for any face."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect.tree import scan_paths
from ingest.domain.artefacts import HISTORY
from ingest.domain.finding import MODEL_EVIDENCE, Category, Family
from ingest.domain.repository import Repository
from ingest.errors import Conflict, InputError
from policies.database import open_dossier
from policies.effective import Explanation, explain
from policies.evaluate import decide
from policies.model import COPY_REASONS, COPY_RESTRICTED, COPY_WITHDRAWN, WITHDRAWN
from policies.report import (
    ViolationReport,
    add_history,
    add_reviews,
    add_rotations,
    group_violations,
)
from policies.report.evidence import Evidence, list_evidence
from policies.report.places import show_paths
from policies.report.said import Said
from policies.report.suppress import Verdicts
from policies.review import NO_REVIEWS, Reviews, Withdrawal
from policies.steps import Content, Found
from policies.unlock import Unlock, rank_consents, rank_unlocks
from policies.why_not import WayOut, why_not
from store.catalog import WithdrawalBook
from workers.context import Context
from workers.corpus import (
    FINDING_FAMILIES,
    Corpus,
    CorpusKeys,
    corpus_keys,
    history_key,
    load_corpus,
    load_decisions,
)
from workers.part_of_corpus import part_of
from workers.reading.page import NotFound
from workers.reading.present import Present
from workers.registered_secrets import rotations_of
from workers.released import signatures
from workers.said import said_about, said_of_file

_PATH_COLUMNS: Final = ["repo_id", "path", "path_findings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """A report and what it was made from, for what lists more than groups."""

    report: ViolationReport
    repositories: Sequence[str]
    """Ids."""
    decisions: pa.Table
    """Of these repositories."""
    corpus: Corpus
    """Of all repositories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStory:
    """One occurrence: its verdict, what it was made from, and what people said."""

    explanation: Explanation
    dossier: Mapping[str, object]
    evidence: tuple[Evidence, ...]
    said: tuple[Said, ...]
    """Reviews of any state that bear on it."""
    withdrawals: tuple[Withdrawal, ...]
    """By which it was withdrawn."""
    path: bytes
    """As it may be shown."""
    counterpart_path: bytes
    """Of the copy that restricts it, as it may be shown; empty where there is none."""


def violation_report(context: Context, repositories: Sequence[Repository]) -> ViolationReport:
    """Return the report over some repositories.

    Raises:
        InputError: nothing was decided yet.
    """
    return gather_report(context, repositories).report


def gather_report(context: Context, repositories: Sequence[Repository]) -> ReportInputs:
    """Return the report over some repositories with what it was made from.

    Raises:
        InputError: nothing was decided yet.
    """
    keys, decisions, corpus = _decided(context)
    ids = [repository.id for repository in repositories]
    wanted = _of_repositories(decisions, ids)
    now = Verdicts(decisions=wanted, facts=corpus.facts, trees=corpus.trees)
    report = group_violations(
        wanted, corpus.dossier(), facts=now.facts, trees=now.trees, policy=context.policy
    )
    report = _with_history(context, report, repositories, corpus)
    everything = load_corpus(context, keys, NO_REVIEWS) if keys.reviews.items else corpus
    said = said_about(context, ids, wanted, everything)
    alone = _alone(context, keys, everything, ids) if keys.reviews.items else None
    report = add_reviews(report, said, now=now, alone=alone, policy=context.policy)
    newest = pc.max(_of_repositories(corpus.snapshots, ids)["committer_date"]).as_py()
    return ReportInputs(
        report=replace(report, data_at=newest), decisions=wanted, corpus=corpus, repositories=ids
    )


def _alone(context: Context, keys: CorpusKeys, everything: Corpus, ids: Sequence[str]) -> Verdicts:
    """Return what the rules say without any review."""
    decisions = decide(
        everything.dossier(),
        context.policy,
        content=signatures(context),
        input_digest=keys.decisions,
    )
    return Verdicts(
        decisions=_of_repositories(decisions, ids), facts=everything.facts, trees=everything.trees
    )


def _of_repositories(table: pa.Table, ids: Sequence[str]) -> pa.Table:
    found = table.filter(pc.is_in(table["repo_id"], pa.array(ids, pa.string())))
    return found.replace_schema_metadata(table.schema.metadata)


def _with_history(
    context: Context,
    report: ViolationReport,
    repositories: Sequence[Repository],
    corpus: Corpus,
) -> ViolationReport:
    secrets = context.lake.read_facts(Family.SECRETS, context.ruleset_digests[Family.SECRETS])
    history = _histories(context, repositories)
    trees = _with_history_paths(context, corpus.trees, history, secrets)
    told = add_history(report, history, corpus.snapshots, secrets=secrets, trees=trees)
    said = rotations_of(context.catalog)
    return add_rotations(told, {name: rotation.state for name, rotation in said.items()})


def _with_history_paths(
    context: Context, trees: pa.Table, history: pa.Table, secrets: pa.Table
) -> pa.Table:
    """Return the findings in paths, those of the paths of old secrets among them.

    Tree facts are about HEAD; a path that only the history has is looked at here.
    """
    known = trees.select(_PATH_COLUMNS)
    found = secrets.filter(pc.greater(pc.list_value_length(secrets["findings"]), 0))
    old = history.filter(pc.is_in(history["blob_id"], found["blob_id"].combine_chunks()))
    places = set(zip(old["repo_id"].to_pylist(), old["path"].to_pylist(), strict=True))
    near = known.filter(pc.is_in(known["path"], old["path"].combine_chunks()))
    places -= set(zip(near["repo_id"].to_pylist(), near["path"].to_pylist(), strict=True))
    if not places:
        return known
    listed = sorted(places)
    findings = scan_paths([path for _, path in listed], context.detectors(FINDING_FAMILIES))
    rows = [
        {"repo_id": repo, "path": path, "path_findings": [asdict(f) for f in here]}
        for (repo, path), here in zip(listed, findings, strict=True)
    ]
    return pa.concat_tables([known, pa.Table.from_pylist(rows, schema=known.schema)])


def _histories(context: Context, repositories: Sequence[Repository]) -> pa.Table:
    """Return the listed histories of the newest visits; empty where none was asked for."""
    tables = [HISTORY.empty_table()]
    for repository in repositories:
        visit = context.catalog.latest_visit(repository.id)
        key = history_key(context, repository.id, visit.refs_digest) if visit else ""
        if key and context.lake.exists("history", key):
            tables.append(context.lake.read("history", key))
    return pa.concat_tables(tables)


def tell_file(context: Context, repository: Repository, path: bytes) -> FileStory:
    """Return everything about one occurrence: rules, facts, evidence, and who said what when.

    Raises:
        Conflict: nothing was decided yet, or decisions are being made anew.
        NotFound: the newest snapshot has no such path.
    """
    keys, present = _present(context)
    part = part_of(context, present, repository.id)
    decision, dossier = _rows_of(context, keys, repository, path)
    evidence = list_evidence(
        dossier,
        facts=part.everything.facts,
        trees=part.everything.trees,
        remaining=part.corpus.facts,
        remaining_trees=part.corpus.trees,
    )
    told = explain(decision, dossier, context.policy)
    (shown,) = show_paths([(repository.id, path)], part.corpus.trees)
    other = []
    if told.counterpart:
        beside = part_of(context, present, told.counterpart[0])
        other = show_paths([told.counterpart[:2]], beside.corpus.trees)
    fingerprints = {found.fingerprint for found in evidence if found.fingerprint}
    withdrawals = WithdrawalBook(context.catalog, context.policy)
    return FileStory(
        explanation=told,
        dossier=dossier,
        evidence=tuple(evidence),
        said=tuple(said_of_file(context, dossier, fingerprints, part.everything.trees)),
        withdrawals=tuple(filter(None, map(withdrawals.find, told.waiver_ids))),
        path=shown,
        counterpart_path=other[0] if other else b"",
    )


def find_way_out(
    context: Context, repository: Repository, path: bytes
) -> tuple[Explanation, WayOut]:
    """Return the explanation of one occurrence and the smallest ways to its release.

    Raises:
        Conflict: nothing was decided yet, or decisions are being made anew.
        NotFound: the newest snapshot has no such path.
    """
    keys, present = _present(context)
    decision, dossier = _rows_of(context, keys, repository, path)
    told = explain(decision, dossier, context.policy)
    blob = str(decision["blob_id"])
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        same = connection.sql(_SAME, params=[blob]).to_arrow_table().to_pylist()
    with open_dossier(context.lake.path("decisions", keys.decisions), "decisions") as connection:
        held = connection.sql(_HELD, params=[blob]).to_arrow_table()
    # Exact copies are judged with the file; what it is nearly a copy of is known by its decision.
    near = [r.id for r in told.reasons if r.id in COPY_REASONS - {COPY_RESTRICTED}]
    is_free = any(r.id == WITHDRAWN for r in told.reasons) or (
        blob in context.policy.document.public_content
    )
    if not is_free and _is_withdrawn(keys.reviews, held, blob):
        near = [COPY_WITHDRAWN]
    return told, why_not(
        dossier,
        context.policy,
        content=Content(
            copies=[copy for copy in same if _place(copy) != _place(dossier)],
            found=_found(part_of(context, present, repository.id).corpus, blob),
        ),
        reviews=keys.reviews,
        copied=next(iter(near), ""),
    )


def _place(row: Mapping[str, object]) -> tuple[object, object]:
    return row["repo_id"], row["path"]


def _found(corpus: Corpus, blob_id: str) -> list[Found]:
    """Return the findings of a content by fingerprint; of several scans those of the most."""
    most: dict[tuple[str, str], tuple[int, int]] = {}
    for family in FINDING_FAMILIES:
        facts = corpus.facts[family]
        for findings in facts.filter(pc.equal(facts["blob_id"], blob_id))["findings"].to_pylist():
            counts: Counter[tuple[str, str, bool]] = Counter(
                (f["category"], f["fingerprint"], f["evidence"] == MODEL_EVIDENCE)
                for f in findings or ()
            )
            for category, fingerprint, _ in counts:
                key = (category, fingerprint)
                sure, unsure = counts[(*key, False)], counts[(*key, True)]
                known = most.get(key, (0, 0))
                most[key] = (max(known[0], sure), max(known[1], unsure))
    return [
        Found(category=Category(category), fingerprint=name, count=sure, model_count=unsure)
        for (category, name), (sure, unsure) in sorted(most.items())
    ]


def _is_withdrawn(reviews: Reviews, held: pa.Table, blob_id: str) -> bool:
    """Tell whether a content was withdrawn somewhere, in the corpus or before it left it."""
    reasons = held["reasons"].combine_chunks().flatten().to_pylist()
    return WITHDRAWN in reasons or pc.index(reviews.withdrawn["blob_id"], blob_id).as_py() >= 0


def find_unlocks(context: Context) -> list[Unlock]:
    """Return the single approvals that would release most, first the largest.

    Raises:
        InputError: nothing was decided yet.
    """
    keys, _ = _present(context)
    decisions = context.lake.read("decisions", keys.decisions)
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        content = signatures(context)
        consents = rank_consents(connection, context.policy, content=content, reviews=keys.reviews)
    found = [*consents, *rank_unlocks(decisions, context.policy)]
    return sorted(found, key=lambda unlock: -unlock.volume.bytes)


def _decided(context: Context) -> tuple[CorpusKeys, pa.Table, Corpus]:
    keys = corpus_keys(context)
    decisions = load_decisions(context, keys)
    if decisions is None:
        raise InputError(_UNDECIDED, hint="Run: shardgate sync")
    return keys, decisions, load_corpus(context, keys)


def _present(context: Context) -> tuple[CorpusKeys, Present]:
    keys = corpus_keys(context)
    lake = context.lake
    if not (lake.exists("decisions", keys.decisions) and lake.exists("dossiers", keys.dossier)):
        raise Conflict(_UNDECIDED, hint="Run: shardgate sync")
    return keys, Present(key=keys.decisions, is_stale=False)


def _rows_of(
    context: Context, keys: CorpusKeys, repository: Repository, path: bytes
) -> tuple[dict[str, object], dict[str, object]]:
    """Return what was decided about one file, and what it was decided by."""
    found: list[dict[str, object]] = []
    for kind, key in (("decisions", keys.decisions), ("dossiers", keys.dossier)):
        with open_dossier(context.lake.path(kind, key), "rows") as connection:
            table = connection.sql(_FILE, params=[repository.id, path]).to_arrow_table()
        found += table.to_pylist()
    if not found:
        raise NotFound(
            f"{repository.name} has no such path at its last snapshot.",
            hint="Paths are relative to the root of the repository.",
        )
    decision, dossier = found
    return decision, dossier


_UNDECIDED: Final = "There are no decisions over the present corpus and policy."
_FILE: Final = "SELECT * FROM rows WHERE repo_id = $1 AND path = $2"
_SAME: Final = "SELECT * FROM dossier WHERE blob_id = $1 ORDER BY repo_id, path"
_HELD: Final = """
    SELECT outcome, reasons FROM decisions WHERE blob_id = $1 AND outcome <> 'releasable'
"""
