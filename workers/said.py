"""What people said, gathered from the catalog for reports and explanations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from policies.columns import FINDING_FAMILIES
from policies.report.places import clean_paths, show_pattern
from policies.report.said import Said, Step
from policies.review import Review
from policies.review.paths import matches
from store.catalog import ReviewBook
from workers.context import Context, utc_now
from workers.corpus import Corpus, corpus_keys


class Patterns:
    """Path patterns as they may be shown: by the paths of the corpus that give nothing away."""

    def __init__(self, context: Context) -> None:
        """Take the context; what was found in paths is read when it is first needed."""
        self._context = context
        self._clean: dict[str, set[str]] = {}

    def show(self, repo_id: str, pattern: str) -> str:
        """Return a pattern over the paths of a repository; see `show_pattern`."""
        if pattern and repo_id not in self._clean:
            lake, key = self._context.lake, self._keys.get(repo_id, "")
            is_there = bool(key) and lake.exists("trees", key)
            found = clean_paths(lake.read("trees", key), [repo_id]) if is_there else {}
            self._clean[repo_id] = found.get(repo_id, set())
        return show_pattern(pattern, self._clean[repo_id]) if pattern else ""

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return corpus_keys(self._context).trees


def said_about(
    context: Context, repo_ids: Collection[str], decisions: pa.Table, everything: Corpus
) -> list[Said]:
    """Return every review of any state that is about some repositories, by moment and id.

    Args:
        context: of the installation.
        repo_ids: the repositories.
        decisions: those of these repositories.
        everything: the corpus with the findings that people declared false.
    """
    book = ReviewBook(context.catalog, context.policy)
    reviews = context.keep("reviews", book.list_all)
    if not reviews:
        return []
    blobs = set(pc.unique(decisions["blob_id"]).to_pylist())
    found = _fingerprints(everything, repo_ids, pa.array(sorted(blobs), pa.string()))
    about = [r for r in reviews if _is_about(r, repo_ids, blobs, found)]
    return tell(context, book, about, everything.trees)


def said_of_file(
    context: Context,
    row: Mapping[str, object],
    fingerprints: Collection[str],
    trees: pa.Table,
) -> list[Said]:
    """Return every review of any state that bears on one file, by moment and id.

    Args:
        context: of the installation.
        row: the file's row of the dossier.
        fingerprints: of all findings in the file and its path, declared false or not.
        trees: as for `tell`.
    """
    book = ReviewBook(context.catalog, context.policy)
    repo_id, blob, text = (str(row[name]) for name in ("repo_id", "blob_id", "path_text"))
    about = [
        review
        for review in book.list_all()
        if review.target.repo_id in ("", repo_id)
        and (not review.target.blob_ids or blob in review.target.blob_ids)
        and (not review.target.fingerprint or review.target.fingerprint in fingerprints)
        and (not review.target.pattern or matches(review.target.pattern, text))
    ]
    return tell(context, book, about, trees)


def tell(
    context: Context, book: ReviewBook, reviews: Iterable[Review], trees: pa.Table
) -> list[Said]:
    """Return reviews with their steps and their state at this moment.

    `trees` are `TREE_FACTS` with whatever people declared false: patterns are shown by them.
    """
    now, listed = utc_now(), list(reviews)
    clean = clean_paths(trees, {r.target.repo_id for r in listed if r.target.pattern})
    return [
        Said.of(
            r, _steps(book, r.id), context.policy, now, clean=clean.get(r.target.repo_id, set())
        )
        for r in listed
    ]


def _steps(book: ReviewBook, review_id: str) -> list[Step]:
    return [
        Step(version=e.version, action=e.action, actor=e.actor, at=e.at, comment=e.comment)
        for e in book.history(review_id)
    ]


def _is_about(
    review: Review, repo_ids: Collection[str], blobs: set[str], fingerprints: set[str]
) -> bool:
    target = review.target
    if target.repo_id:
        return target.repo_id in repo_ids
    if target.blob_ids:
        return not blobs.isdisjoint(target.blob_ids)
    return target.fingerprint in fingerprints


def _fingerprints(everything: Corpus, repo_ids: Collection[str], blobs: pa.Array) -> set[str]:
    """Return the fingerprints of all findings in some contents, and in the paths beside them."""
    lists = []
    for family in FINDING_FAMILIES:
        facts = everything.facts[family]
        lists.append(facts.filter(pc.is_in(facts["blob_id"], blobs))["findings"])
    trees = everything.trees
    ids = pa.array(sorted(repo_ids), pa.string())
    lists.append(trees.filter(pc.is_in(trees["repo_id"], ids))["path_findings"])
    found: set[str] = set()
    for column in lists:
        values = column.combine_chunks().flatten().field("fingerprint")
        found.update(pc.unique(values).to_pylist())
    return found
