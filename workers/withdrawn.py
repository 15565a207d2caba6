"""Which contents a withdrawal is about: found when it is said, and looked for ever after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from policies.columns import FINDING_FAMILIES
from policies.database import open_database, open_dossier
from policies.review import WITHDRAWN_CONTENTS, Reviews, Selector, Withdrawal
from policies.review.marks import mark_rows
from store.catalog import ReleaseBook, ReleaseRecord, WithdrawalBook
from workers.context import Context, utc_now

KIND: Final = "withdrawn"
"""Artefacts of what a withdrawal was found to be about, by its id; what came to its places later
by its id and the key of the dossier that had it."""
_PLACES_SQL: Final = """
    SELECT d.repo_id, d.path, d.blob_id, coalesce(d.is_license_text, false) AS is_license_text
    FROM dossier d JOIN marked m ON (m.repo_id = d.repo_id AND m.path = d.path)
    WHERE d.skip_reason IS NULL AND d.repo_id IN (SELECT repo_id FROM marked)
    ORDER BY d.repo_id, d.path
"""
_MARKED_SQL: Final = """
    SELECT m.number, d.repo_id, d.path, d.blob_id,
        coalesce(d.is_license_text, false) AS is_license_text
    FROM dossier d JOIN marks m ON (m.repo_id = d.repo_id AND m.path = d.path)
    WHERE d.skip_reason IS NULL ORDER BY m.number, d.repo_id, d.path
"""
_PLACED: Final = (Selector.REPOSITORY, Selector.PATH)
_AT: Final = ("repo_id", "path")
_OF_CONTENT: Final = ("withdrawal_id", "blob_id")


def standing_withdrawals(context: Context) -> tuple[list[Withdrawal], pa.Table]:
    """Return the withdrawals in force and their `WITHDRAWN_CONTENTS`.

    Raises:
        ArtefactCorrupt: what one of them is about is not kept.
    """
    standing = WithdrawalBook(context.catalog, context.policy).in_force()
    bound = [w for w in standing if w.is_bound_to_contents]
    wanted = [w for w in bound if w.selector is Selector.FINGERPRINT]
    names = [*(w.id for w in bound), *later_contents(context, bound)]
    key = (*names, *(_counts(context) if wanted else ()))
    if key not in context.withdrawn:
        tables = [context.lake.read(KIND, name, schema=WITHDRAWN_CONTENTS) for name in names]
        tables += [_named(context, w) for w in wanted]
        context.withdrawn.clear()
        context.withdrawn[key] = pa.concat_tables([WITHDRAWN_CONTENTS.empty_table(), *tables])
    return standing, context.withdrawn[key]


def find_contents(
    context: Context, withdrawal: Withdrawal, dossiers: Iterable[str] = ()
) -> pa.Table:
    """Return `WITHDRAWN_CONTENTS` of a withdrawal in the corpus and in all that was released.

    `dossiers` are keys of more that it is looked for in.
    """
    named = _named(context, withdrawal)
    keys = {str(r.params.get("dossier", "")) for r in _all_out(context)} | set(dossiers)
    kept = [key for key in sorted(keys) if key and context.lake.exists("dossiers", key)]
    joined = pa.concat_tables([named, *(_places(context, withdrawal, named, k) for k in kept)])
    return joined.group_by(WITHDRAWN_CONTENTS.names, use_threads=False).aggregate([])


def keep_contents(context: Context, withdrawal: Withdrawal, contents: pa.Table) -> None:
    """Keep what a withdrawal is about; before the catalog knows of it, so that none lacks it."""
    if withdrawal.is_bound_to_contents:
        context.lake.write(KIND, withdrawal.id, contents.cast(WITHDRAWN_CONTENTS))


def later_contents(context: Context, standing: Iterable[Withdrawal]) -> list[str]:
    """Return the keys of what came to withdrawn places after it was said, sorted."""
    placed = {w.id for w in standing if w.selector in _PLACED}
    if not placed:
        return []
    return [key for key in context.lake.keys(KIND) if "-" in key and key.split("-")[0] in placed]


def keep_later_contents(context: Context, reviews: Reviews, dossier: pa.Table, key: str) -> bool:
    """Keep the contents that came to withdrawn places; tell whether there were any.

    They stay withdrawn when they leave the place again, as what stood there before does.

    Args:
        context: adapters.
        reviews: with the withdrawals and all that they are known to be about.
        dossier: of the corpus.
        key: its key.
    """
    placed = [w for w in reviews.withdrawals if w.selector in _PLACED]
    if not placed:
        return False
    known = set(zip(*(reviews.withdrawn[n].to_pylist() for n in _OF_CONTENT), strict=True))
    with open_database() as connection:
        connection.register("dossier", dossier)
        mark_rows(connection, placed, WITHDRAWN_CONTENTS.empty_table())
        rows = connection.sql(_MARKED_SQL).to_arrow_table().to_pylist()
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        name = placed[row.pop("number")].id
        if (name, row["blob_id"]) not in known:
            found[name].append({"withdrawal_id": name, **row})
    written = [
        context.lake.write(
            KIND, f"{name}-{key}", pa.Table.from_pylist(more, schema=WITHDRAWN_CONTENTS)
        )
        for name, more in found.items()
    ]
    return any(written)


def _places(context: Context, withdrawal: Withdrawal, named: pa.Table, key: str) -> pa.Table:
    with open_dossier(context.lake.path("dossiers", key)) as connection:
        mark_rows(connection, [withdrawal], named)
        found = connection.sql(_PLACES_SQL).to_arrow_table()
    ids = pa.array([withdrawal.id] * found.num_rows, pa.string())
    return found.add_column(0, "withdrawal_id", ids).cast(WITHDRAWN_CONTENTS)


def _named(context: Context, withdrawal: Withdrawal) -> pa.Table:
    """Return the contents that hold a fingerprint by what is known today, at no place.

    Nothing for other selectors.
    """
    if withdrawal.selector is not Selector.FINGERPRINT:
        return WITHDRAWN_CONTENTS.empty_table()
    return _table(withdrawal, sorted(_holders(context, withdrawal.value)))


def _holders(context: Context, fingerprint: str) -> set[str]:
    """Return the blobs in which, or in a path of which, a finding stands."""
    blobs: set[str] = set()
    for family in FINDING_FAMILIES:
        digest = context.ruleset_digests[family]
        facts = context.lake.read_facts(family, digest, columns=["blob_id", "findings"])
        blobs |= set(_with_finding(facts, "findings", fingerprint)["blob_id"].to_pylist())
    return blobs | _in_paths(context, fingerprint)


def _in_paths(context: Context, fingerprint: str) -> set[str]:
    """Return the blobs that ever stood at a path in which the finding stands."""
    columns, found = list(_AT), []
    for key in context.lake.keys("trees"):
        trees = context.lake.read("trees", key, columns=[*columns, "path_findings"])
        found += _with_finding(trees, "path_findings", fingerprint).select(columns).to_pylist()
    places = {(row["repo_id"], row["path"]) for row in found}
    blobs: set[str] = set()
    for key in context.lake.keys("snapshots") if places else ():
        entries = context.lake.read("snapshots", key, columns=[*columns, "blob_id"])
        named = entries.filter(pc.is_in(entries["path"], pa.array([p for _, p in places])))
        rows = named.to_pylist()
        blobs |= {row["blob_id"] for row in rows if (row["repo_id"], row["path"]) in places}
    return blobs


def _with_finding(table: pa.Table, column: str, fingerprint: str) -> pa.Table:
    lists = table[column].combine_chunks()
    hits = pc.equal(lists.flatten().field("fingerprint"), fingerprint)
    return table.take(pc.unique(pc.list_parent_indices(lists).filter(hits)))


def _table(withdrawal: Withdrawal, blobs: Sequence[str]) -> pa.Table:
    rows = [
        {
            "withdrawal_id": withdrawal.id,
            "repo_id": "",
            "path": b"",
            "blob_id": blob,
            "is_license_text": False,
        }
        for blob in blobs
    ]
    return pa.Table.from_pylist(rows, schema=WITHDRAWN_CONTENTS)


def _counts(context: Context) -> tuple[str, ...]:
    """Return a mark that changes when a finding may have come to the facts."""
    digests = context.ruleset_digests
    counts = [f"{digests[f]}:{context.lake.count_batches(f, digests[f])}" for f in FINDING_FAMILIES]
    return (*counts, str(len(context.lake.keys("trees"))))


def _all_out(context: Context) -> list[ReleaseRecord]:
    return [r for r in ReleaseBook(context.catalog, clock=utc_now).list_releases() if r.is_out]
