"""What a decision would change is told from what it reaches, and is what judging all would tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow.compute as pc
import pytest

from policies.evaluate import decide
from policies.model import ENGINE_REASONS
from policies.review import Review, ReviewKind, ReviewReason, ReviewState, in_force
from store.asking import Filter, Query
from tests.support.seeded import seeded_home, settings_of, shared_folder
from workers.context import Context
from workers.corpus import corpus_keys, load_corpus, load_decisions
from workers.foresight import compare
from workers.reading.groups import GroupView, list_groups
from workers.released import signatures
from workers.review_requests import Outlook, Request
from workers.reviews import ReviewDesk


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The seeded installation; nothing in it is changed."""
    context = Context(settings=settings_of(seeded_home(shared_folder(tmp_path_factory))))
    yield context
    context.catalog.close()


@pytest.fixture(scope="module")
def groups(context: Context) -> list[GroupView]:
    return list(list_groups(context, Query(limit=200)).items)


def judged_whole(context: Context, review: Review) -> Outlook:
    """What it would change, by judging every file of the corpus again."""
    desk = ReviewDesk(context)
    keys = corpus_keys(context)
    trial = replace(review, state=ReviewState.APPROVED, starts_at=None, requested_at=desk.now)
    standing = keys.reviews
    said = in_force([*standing.items, trial], desk.now, standing.withdrawals, standing.withdrawn)
    before = load_decisions(context, keys)
    assert before is not None
    after = decide(
        load_corpus(context, keys, said).dossier(),
        context.policy,
        content=signatures(context),
        input_digest=keys.decisions,
        reviews=said,
    )
    return compare(before, after, context.policy.is_blocking)


def asked(kind: ReviewKind, **given: object) -> Request:
    fields = {"by": "ben", "reason": ReviewReason.OTHER, "comment": "looked at it"} | given
    return Request(kind=kind, **fields)  # type: ignore[arg-type]


def requests(context: Context, groups: list[GroupView]) -> Iterator[Request]:
    """One of every kind, in one repository and in all, by contents and by paths."""
    text = next(g for g in groups if g.kind == "finding" and g.lane)
    path = next((g for g in groups if g.kind == "path"), text)
    copied = next(g for g in groups if g.rule in ENGINE_REASONS and g.lane)
    held = next(
        g for g in groups if g.lane and g.kind == "license" and g.rule not in ENGINE_REASONS
    )
    yield asked(ReviewKind.FALSE_POSITIVE, group_id=text.id, everywhere=True)
    yield asked(ReviewKind.FALSE_POSITIVE, group_id=path.id)
    yield asked(ReviewKind.WAIVE, group_id=copied.id, everywhere=True)
    place = {"repository": context.catalog.find_by_id(held.repository_id), "pattern": "**/*.*"}
    yield asked(ReviewKind.WAIVE, rule_id=held.rule, **place)
    decisions = load_decisions(context, corpus_keys(context))
    assert decisions is not None
    free = decisions.filter(pc.equal(decisions["outcome"], "releasable"))["repo_id"][0].as_py()
    place = {"repository": context.catalog.find_by_id(free), "pattern": "**"}
    yield asked(ReviewKind.EXCLUDE, **place)


def test_an_outlook_is_what_judging_all_would_tell(
    context: Context, groups: list[GroupView]
) -> None:
    told = []
    for request in requests(context, groups):
        review = ReviewDesk(context).draft(request)
        told.append(ReviewDesk(context).foresee(review))
        assert told[-1] == judged_whole(context, review), request.kind
    assert any(outlook.freed.files for outlook in told)
    assert any(outlook.stopped.files for outlook in told)


def test_a_group_is_found_by_the_list_that_shows_it(
    context: Context, groups: list[GroupView]
) -> None:
    known = {group.id: group for group in ReviewDesk(context).groups}
    assert set(known) == {group.id for group in groups}
    for view in groups[:3]:
        query = Query(filters=(Filter(field="id", values=(view.id,)),))
        (found,) = list_groups(context, query).items
        assert (found.rule, found.blocked) == (known[view.id].rule_id, known[view.id].blocked.files)
