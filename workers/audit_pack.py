"""An audit pack: all that an auditor needs to follow one release, without this installation.

What decided is put together anew from the audit chain: the reviews in force at that time give the
very key under which the decisions are kept, so nobody has to take their word for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.domain.artefacts import SCHEMA_VERSION, TREE_FACTS
from ingest.errors import InputError
from policies.report.escape import display_path
from policies.report.places import clean_paths, show_paths, show_pattern
from policies.report.said import Said, said_record
from policies.review import (
    Review,
    Reviews,
    ReviewState,
    Selector,
    Withdrawal,
    WithdrawalState,
    in_force,
)
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest
from release.domain.rows import EXCLUSIONS
from store.catalog import (
    AuditEntry,
    AuditLog,
    PolicyBook,
    ReleaseBook,
    ReviewBook,
    WithdrawalBook,
)
from store.catalog.audit import entry_record
from store.catalog.releases import ReleaseRecord
from store.checkpoints import read_checkpoints
from store.pack import write_pack
from workers.audit import record_export, seal_audit
from workers.context import Context, utc_now
from workers.corpus import decisions_key
from workers.exports import dataset_document, find_published, read_published
from workers.pack_members import (
    CHAIN,
    CHECKPOINTS,
    DATASET,
    DECISIONS,
    EXCLUDED,
    MANIFEST_PLACE,
    POLICY,
    README,
    README_TEXT,
    RELEASE,
    RESTRICTING,
    REVIEWS,
    SIGNED_PLACE,
    WITHDRAWALS,
    WITHDRAWN_LATER,
)
from workers.pack_taken import recall_members
from workers.said import tell

_PATH_COLUMNS: Final = ["repo_id", "path", "path_findings"]
_SECOND: Final = timedelta(seconds=1)


def make_pack(context: Context, release_id: str, actor: str) -> bytes:
    """Return the audit pack of a published release, after writing its export into the chain.

    The chain inside ends before that entry, which names the SHA-256 of the pack.

    Raises:
        InputError: there is no such release, it is not published, or what decided is not kept.
        ReleaseRefused: the manifest is not the one that was signed.
    """
    record = find_published(context, release_id)
    seal_audit(context)
    data = write_pack(gather_members(context, record), context.keys.private)
    digest = hashlib.sha256(data).hexdigest()
    detail = {"kind": "audit-pack", "format": "zip", "sha256": digest, "bytes": len(data)}
    record_export(context, actor, release_id, detail)
    return data


def gather_members(context: Context, record: ReleaseRecord) -> dict[str, bytes]:
    """Return the members of a release's audit pack by name.

    Raises:
        InputError: what decided is not kept.
        ReleaseRefused: the manifest is not the one that was signed.
    """
    folder = context.settings.shards_dir(record.tier.value) / record.path
    manifest = read_published(context, record)
    entries = AuditLog(context.catalog, clock=utc_now).entries()
    line = _line_of(context, record)
    moment, reviews = _reviews_of(context, line[-1], manifest, entries)
    recalls, requests = recall_members(context, [release.id for release in line])
    asked = [w for w in _withdrawals(context) if w.id in requests]
    book = ReviewBook(context.catalog, context.policy)
    names = {review.id for review in reviews.items}
    decisions = _kept(context, "decisions", str(record.params["decisions"]))
    exclusions = _kept(context, "exclusions", record.id, EXCLUSIONS)
    trees = _path_facts(context, decisions)
    said = tell(context, book, [r for r in book.list_all() if r.id in names], trees)
    return {
        README: README_TEXT.encode(),
        MANIFEST_PLACE: (folder / MANIFEST_FILE).read_bytes(),
        SIGNED_PLACE: (folder / ENVELOPE_FILE).read_bytes(),
        RELEASE: _json(_release_record(record, moment, reviews)),
        DECISIONS: _parquet(_shown_decisions(decisions, trees)),
        EXCLUDED: _parquet(_shown_exclusions(exclusions, trees)),
        POLICY: _policy_text(context, manifest.policy_digest).encode(),
        REVIEWS: _lines(_review_record(one) for one in said),
        WITHDRAWALS: _lines(_withdrawal_records(reviews.withdrawals, trees)),
        **recalls,
        **_restricting(context, manifest),
        WITHDRAWN_LATER: _lines(_withdrawal_records(asked, trees)),
        DATASET: dataset_document(context, record, manifest).encode(),
        CHAIN: _lines(entry_record(entry) for entry in entries),
        **{
            f"{CHECKPOINTS}{name}": data
            for name, data in read_checkpoints(context.settings.audit_dir).items()
        },
    }


def _reviews_of(
    context: Context, decided: ReleaseRecord, manifest: Manifest, entries: Sequence[AuditEntry]
) -> tuple[datetime, Reviews]:
    """Return when a release was decided, and the reviews and withdrawals in force then.

    A build looks at them at its beginning and again just before it publishes, so both moments
    give the same; the manifest's is rounded down to a second. A release that takes rows out of
    another was decided with that one: `decided` is the first of its line, `manifest` its own.
    """
    is_own = decided.id == manifest.release_id
    own = manifest if is_own else read_published(context, decided)
    begun = datetime.fromisoformat(own.created_at)
    moments = [begun, begun + _SECOND, *([decided.published_at] if decided.published_at else [])]
    book = ReviewBook(context.catalog, context.policy)
    withdrawals = _withdrawals(context)
    dossier, wanted = str(decided.params["dossier"]), decided.params["decisions"]
    for moment in moments:
        standing = _standing_at(withdrawals, entries, moment)
        reviews = in_force(_as_of(book.list_all(), entries, moment), moment, standing)
        if decisions_key(dossier, manifest.policy_digest, reviews.digest) == wanted:
            return moment, reviews
    raise InputError(
        "The reviews that decided cannot be put together from the audit chain.",
        hint="Run: shardgate audit verify",
    )


def _as_of(
    reviews: Iterable[Review], entries: Sequence[AuditEntry], moment: datetime
) -> list[Review]:
    """Return reviews in the state that the chain recorded last before a moment."""
    states = {
        entry.subject: entry.detail
        for entry in entries
        if entry.action.startswith("review.") and entry.at <= moment
    }
    return [
        replace(
            review,
            state=ReviewState(states[review.id]["state"]),
            version=int(states[review.id]["version"]),
        )
        for review in reviews
        if review.id in states
    ]


def _standing_at(
    withdrawals: Iterable[Withdrawal], entries: Sequence[AuditEntry], moment: datetime
) -> list[Withdrawal]:
    """Return the withdrawals that the chain says stood at a moment."""
    states = {
        entry.subject: WithdrawalState(entry.detail["state"])
        for entry in entries
        if entry.action.startswith("withdrawal.") and entry.at <= moment
    }
    return [replace(w, state=states[w.id]) for w in withdrawals if w.id in states]


def _withdrawals(context: Context) -> list[Withdrawal]:
    return WithdrawalBook(context.catalog, context.policy).list_all()


def _line_of(context: Context, record: ReleaseRecord) -> list[ReleaseRecord]:
    """Return a release and those that it took rows out of, one after the other."""
    book, line = ReleaseBook(context.catalog, clock=utc_now), [record]
    while parent := book.find_release(str(line[-1].params.get("parent", ""))):
        line.append(parent)
    return line


def _release_record(record: ReleaseRecord, moment: datetime, reviews: Reviews) -> dict[str, object]:
    published = record.published_at
    return {
        "release_id": record.id,
        "tier": record.tier.value,
        "manifest_sha256": record.manifest_digest,
        "published_at": published.astimezone(UTC).isoformat() if published else None,
        "decided_at": moment.astimezone(UTC).isoformat(),
        "schema_version": SCHEMA_VERSION,
        "inputs": dict(record.params),
        "totals": dict(record.totals),
        "reviews_digest": reviews.digest,
    }


def _review_record(said: Said) -> dict[str, object]:
    """Return a review with its steps, as it was when the release was decided and as it is now."""
    then = {"state": ReviewState.ACTIVE.value, "state_now": said.state.value}
    return said_record(said) | then | {"digest": said.review.digest}


def _withdrawal_records(
    withdrawals: Sequence[Withdrawal], trees: pa.Table
) -> Iterator[dict[str, object]]:
    """Yield withdrawals as they may be shown, each with the digest over what was really said."""
    in_paths = {w.repo_id for w in withdrawals if w.selector is Selector.PATH}
    clean = clean_paths(trees, in_paths)
    for one in withdrawals:
        shown = {}
        if one.selector is Selector.PATH:
            shown = {"value": show_pattern(one.value, clean.get(one.repo_id, set()))}
        yield {"id": one.id, **one.said(), **shown, "digest": one.digest}


def _restricting(context: Context, manifest: Manifest) -> dict[str, bytes]:
    """Return the policy by which rows were left out, where there is one."""
    digest = manifest.restricted_by
    return {RESTRICTING: _policy_text(context, digest).encode()} if digest else {}


def _policy_text(context: Context, digest: str) -> str:
    found = PolicyBook(context.catalog, clock=utc_now).find_policy(digest)
    if found is not None:
        return found.text
    raise InputError("A policy that the release was judged by is not kept.")


def _kept(context: Context, kind: str, key: str, schema: pa.Schema | None = None) -> pa.Table:
    if not context.lake.exists(kind, key):
        raise InputError(f"The {kind} of the release are not kept any more.")
    return context.lake.read(kind, key, schema=schema)


def _path_facts(context: Context, decisions: pa.Table) -> pa.Table:
    """Return what was ever found in the paths of some decisions; by newer rules as well."""
    ids = set(decisions["repo_id"].unique().to_pylist())
    parts = [TREE_FACTS.empty_table().select(_PATH_COLUMNS)]
    for key in context.lake.keys("trees"):
        table = context.lake.read("trees", key, _PATH_COLUMNS)
        if table.num_rows and table["repo_id"][0].as_py() in ids:
            parts.append(table)
    return pa.concat_tables(parts)


def _shown_decisions(decisions: pa.Table, trees: pa.Table) -> pa.Table:
    """Return decisions with paths as text that may be shown."""
    shown = decisions
    for path, repo in (("path", "repo_id"), ("counterpart_path", "counterpart_repo_id")):
        column = _shown(decisions[repo].to_pylist(), decisions[path].to_pylist(), trees)
        shown = shown.set_column(shown.schema.get_field_index(path), path, column)
    return shown


def _shown_exclusions(exclusions: pa.Table, trees: pa.Table) -> pa.Table:
    """Return exclusions with paths as text that may be shown."""
    paths = _shown(exclusions["repo_id"].to_pylist(), exclusions["path"].to_pylist(), trees)
    # A counterpart is the id of a row, or repository and path of a file.
    said = exclusions["counterpart"].to_pylist()
    files = [text.partition(":") if text and ":" in text else ("", "", "") for text in said]
    places = [path.encode() if repo else None for repo, _, path in files]
    others = _shown([repo for repo, _, _ in files], places, trees).to_pylist()
    counterparts = [
        f"{repo}:{other}" if repo else text
        for text, (repo, _, _), other in zip(said, files, others, strict=True)
    ]
    names = exclusions.schema.names
    table = exclusions.set_column(names.index("path"), "path", paths)
    column = pa.array(counterparts, pa.string())
    return table.set_column(names.index("counterpart"), "counterpart", column)


def _shown(
    repositories: Sequence[str | None], paths: Sequence[bytes | None], trees: pa.Table
) -> pa.Array:
    pairs = list(zip(repositories, paths, strict=True))
    told = iter(show_paths([(r or "", p) for r, p in pairs if p is not None], trees))
    texts = [None if path is None else display_path(next(told)) for _, path in pairs]
    return pa.array(texts, pa.string())


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    return bytes(sink.getvalue())


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def _lines(values: Iterable[object]) -> bytes:
    return "".join(json.dumps(value, sort_keys=True) + "\n" for value in values).encode()
