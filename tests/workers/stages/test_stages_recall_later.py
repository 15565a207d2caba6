"""What left the corpus meanwhile is taken back and held all the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.finding import Family
from ingest.domain.repository import Repository
from policies.decision import Lane, Tier
from policies.review import Move, Review, ReviewKind, ReviewState, Selector, Target
from store.catalog import ReleaseState, ReviewBook, ReviewerBook
from tests.strategies.reviews import review
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_stages_recall import build, find, paths, withdraw
from tests.workers.stages.test_workers_stages import enroll, sync
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_corpus, load_decisions
from workers.released import published
from workers.reports import find_way_out
from workers.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

PROSE = " ".join(f"word{n}" for n in range(300)).encode()
PLAIN = {b"plain.py": b"def twice(a):\n    return a + a\n"}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def reasons(context: Context) -> dict[bytes, tuple[list[str], list[str]]]:
    decisions = load_decisions(context, corpus_keys(context))
    assert decisions is not None
    return {row["path"]: (row["reasons"], row["pending_lanes"]) for row in decisions.to_pylist()}


def changed(path: Path, *commits: dict[bytes, bytes | None]) -> None:
    shutil.rmtree(path)
    build_repository(path, list(commits))


def test_what_came_to_a_withdrawn_path_holds_its_copies_after_it_left_again(
    context: Context, tmp_path: Path
) -> None:
    late, gone = {b"p/x.txt": PROSE}, {b"p/x.txt": None}
    copies = {b"same.txt": PROSE, b"near.txt": PROSE + b" and an end\n", b"h.min.js": b"a=1\n"}
    ours = enroll(context, build_repository(tmp_path / "ours.git", [PLAIN]).path)
    theirs = enroll(context, build_repository(tmp_path / "theirs.git", [copies]).path)
    sync(context, ours, theirs)
    said = withdraw(context, Selector.PATH, "p/**", repo_id=ours.id)
    assert build(context) == []
    assert "COPY_WITHDRAWN" not in reasons(context)[b"same.txt"][0]
    for commits in ([PLAIN, late], [PLAIN, late, gone]):
        changed(tmp_path / "ours.git", *commits)
        sync(context, ours)
        told = reasons(context)
        assert (b"p/x.txt" in told) == (gone not in commits)
        assert "COPY_WITHDRAWN" in told[b"same.txt"][0]
        assert told[b"same.txt"][1] == []
        assert "NEAR_COPY_RESTRICTED" in told[b"near.txt"][0]
        kept = [key for key in context.lake.keys("withdrawn") if key != said.id]
        assert len(kept) == 1
    _, way = find_way_out(context, theirs, b"same.txt")
    assert (way.sets, way.dead_ends) == ((), ("COPY_WITHDRAWN",))


def declared_false(
    context: Context, finding: Mapping[str, Any], lane: Lane, repository: Repository
) -> Review:
    """Declare a finding in a repository none, and agree."""
    target = Target(
        fingerprint=finding["fingerprint"], category=finding["category"], repo_id=repository.id
    )
    asked = review(
        f"rvw_{finding['fingerprint'][:16]}",
        ReviewKind.FALSE_POSITIVE,
        target,
        lane=lane,
        state=ReviewState.PROPOSED,
        version=1,
        requested_at=utc_now(),
    )
    ReviewerBook(context.catalog, utc_now).add("bob", lane, actor="root")
    book = ReviewBook(context.catalog, context.policy)
    book.propose(asked)
    return book.approve(asked.id, Move(actor="bob", at=utc_now(), comment="an example", seen=1))


def test_a_value_that_passed_as_none_is_taken_back_though_its_file_left(
    context: Context, tmp_path: Path
) -> None:
    token = b"t = '" + ("gh" + "p_" + "aB3dE6gH9" * 4).encode() + b"'\n"
    mails = b"one = 'mara.ostrow@brightharbor.io'\ntwo = 'jon.reed@brightharbor.io'\n"
    first = {
        **PLAIN,
        b"key.py": token,
        b"mail.py": mails,
        b"lina.vogt@brightharbor.io.py": b"a=1\n",
    }
    ours = enroll(context, build_repository(tmp_path / "ours.git", [first]).path)
    sync(context, ours)
    corpus = load_corpus(context, corpus_keys(context))
    ((secret, *_),) = [f for f in corpus.facts[Family.SECRETS]["findings"].to_pylist() if f]
    # The other address of the file is taken out, so the category is one of those that were.
    ((mail, _),) = [f for f in corpus.facts[Family.PII]["findings"].to_pylist() if f]
    ((name,),) = [f for f in corpus.trees["path_findings"].to_pylist() if f]
    said = [
        declared_false(context, secret, Lane.SECURITY, ours),
        declared_false(context, mail, Lane.PRIVACY, ours),
        declared_false(context, name, Lane.PRIVACY, ours),
    ]
    assert build(context, Tier.RELEASABLE) == []
    (release,) = published(context)
    assert paths(context, release) == {name.decode() for name in first}
    changed(tmp_path / "ours.git", {**first}, dict.fromkeys(first.keys() - PLAIN.keys()))
    sync(context, ours)
    assert find(context, release.id).state is ReleaseState.PUBLISHED
    left, book = {name.decode() for name in first}, ReviewBook(context.catalog, context.policy)
    for one, path in zip(said, ("key.py", "mail.py", "lina.vogt@brightharbor.io.py"), strict=True):
        move = Move(actor="ada", at=utc_now(), comment="it is one", seen=one.version)
        book.withdraw(one.id, move)
        assert build(context) == []
        assert find(context, release.id).state is ReleaseState.RECALLED
        release = find(context, find(context, release.id).replaced_by)
        left.remove(path)
        assert paths(context, release) == left
    assert left == {name.decode() for name in PLAIN}
