"""What is out and may not be used any more is taken back, by itself, and stays so."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.domain.repository import Repository
from ingest.errors import ArtefactCorrupt, InputError, ReleaseRefused, TransientError
from policies.decision import Tier
from policies.document import default_policy_text
from policies.review import (
    Move,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
)
from release.pull import apply_recalls, open_rows, pull_release, verify_release
from release.pull.recalls import RECALLS_FOLDER, Reader, feed_path, recalls_folder
from release.recall import ReleaseStanding, read_feed
from store.catalog import (
    MAX_ATTEMPTS,
    AuditLog,
    JobSpec,
    RecallBook,
    ReleaseBook,
    ReleaseRecord,
    ReleaseState,
    ReviewerBook,
    WithdrawalBook,
)
from store.pack import write_pack
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_workers_stages import FIRST, enroll, state_anew, sync
from workers.audit import verify_audit
from workers.audit_pack import gather_members
from workers.context import Context, utc_now
from workers.corpus import corpus_keys
from workers.lifting import lift_recall
from workers.pack_check import check_pack
from workers.pack_members import RESTRICTING, TAKEN_BACK, WITHDRAWN_LATER
from workers.released import manifest_of, published, released_rows
from workers.runner import drain
from workers.settings import Settings
from workers.stages.build import build as build_tier
from workers.stages.recall import recall as take_back
from workers.unsettled import NotSettled, Unsettled
from workers.withdrawn import find_contents, keep_contents

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which two repositories were scanned: one has a copy of a file of the other."""
    folder = tmp_path_factory.mktemp("scanned")
    made = Context(settings=Settings(home=folder / "state"))
    copied = {b"b.py": b"def twice(a):\n    return a + a\n", b"a.py": FIRST[b"src/m01.py"]}
    one = enroll(made, build_repository(folder / "one.git", [FIRST]).path)
    two = enroll(made, build_repository(folder / "two.git", [copied]).path)
    sync(made, one, two)
    made.catalog.close()
    return folder / "state"


@pytest.fixture
def context(scanned: Path, tmp_path: Path) -> Iterator[Context]:
    """A copy of that home."""
    shutil.copytree(scanned, tmp_path / "state", symlinks=True)
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def repository(context: Context, name: str) -> Repository:
    (found,) = [r for r in context.catalog.list_repositories() if r.url.endswith(f"{name}.git")]
    return found


ALL = {name.decode() for name in FIRST} | {"b.py"}
"""Paths of a release of both: the copy is folded into one of the two places, `COPIES`."""
COPIES = {"a.py", "src/m01.py"}


def build(context: Context, *tiers: Tier) -> list[str]:
    """Decide, take back and build; return what of it was parked."""
    run_id = context.jobs.start_run(
        "release",
        {"tiers": [tier.value for tier in tiers]},
        lambda run: [JobSpec.of(run_id=run, stage="decide", scope="", subject="all")],
    )
    drain(context, run_id)
    return [job.reason for job in context.jobs.parked(run_id)]


def withdraw(context: Context, selector: Selector, value: str = "", **given: object) -> Withdrawal:
    values: dict[str, object] = {
        "id": f"wdr_{len(WithdrawalBook(context.catalog, context.policy).list_all()):016x}",
        "selector": selector,
        "value": value,
        "reason": WithdrawalReason.RIGHTS_CLAIM,
        "comment": "a claim came in",
        "withdrawn_by": "ada",
        "withdrawn_at": utc_now(),
    }
    said = Withdrawal(**(values | given))  # type: ignore[arg-type]
    keep_contents(context, said, find_contents(context, said, [corpus_keys(context).dossier]))
    WithdrawalBook(context.catalog, context.policy).withdraw(said)
    return said


def paths(context: Context, release: ReleaseRecord) -> set[str]:
    folder = context.settings.shards_dir(release.tier.value) / release.path
    verify_release(folder, context.keys.public, release.tier)
    return {
        p for file in folder.rglob("*.parquet") for p in pq.read_table(file)["path"].to_pylist()
    }


def find(context: Context, release_id: str) -> ReleaseRecord:
    found = ReleaseBook(context.catalog, utc_now).find_release(release_id)
    assert found is not None
    return found


def shown(found: set[str]) -> set[str]:
    """Paths without those of the copied content."""
    return found - COPIES


def test_a_withdrawn_path_leaves_what_is_out_and_all_that_is_built_later(context: Context) -> None:
    assert build(context, Tier.RELEASABLE) == []
    (first,) = published(context, Tier.RELEASABLE)
    assert shown(paths(context, first)) == shown(ALL)
    assert released_rows(context, first).num_rows == len(FIRST) + 1

    one = repository(context, "one")
    said = withdraw(context, Selector.PATH, "src/m00.py", repo_id=one.id)
    assert build(context) == []
    gone = find(context, first.id)
    assert gone.state is ReleaseState.RECALLED
    other = find(context, gone.replaced_by)
    assert shown(paths(context, other)) == shown(ALL) - {"src/m00.py"}
    checks = [check.name for check in manifest_of(context, other).gate]
    assert checks == ["exit-scan", "canaries", "counts", "consent"]
    (recall,) = RecallBook(context.catalog, utc_now).list_all()
    assert (recall.reasons, recall.requests, recall.rows) == (("RIGHTS_CLAIM",), (said.id,), 1)
    root = context.settings.shards_dir(Tier.RELEASABLE.value)
    feed = read_feed(root, context.keys.public, Tier.RELEASABLE, now=utc_now())
    assert feed is not None
    assert feed.releases[first.id].state is ReleaseStanding.RECALLED
    assert feed.releases[first.id].replaced_by == other.id
    assert [r.recall_id for r in feed.recalls] == [recall.id]

    assert build(context, Tier.RELEASABLE) == []
    newest = published(context, Tier.RELEASABLE)[-1]
    assert newest.id not in (first.id, other.id)
    assert build(context, Tier.RELEASABLE, Tier.INTERNAL_ONLY) == []
    assert len(RecallBook(context.catalog, utc_now).list_all()) == 1
    for release in published(context):
        assert "src/m00.py" not in paths(context, release)
    assert verify_audit(context).is_intact


def test_an_audit_pack_tells_what_left_a_release_and_who_asked(
    context: Context, tmp_path: Path
) -> None:
    build(context, Tier.RELEASABLE)
    (first,) = published(context, Tier.RELEASABLE)
    one = repository(context, "one")
    asked = []
    for path in ("src/m00.py", "src/m02.py"):
        asked.append(withdraw(context, Selector.PATH, path, repo_id=one.id))
        build(context)
    second = find(context, first.id).replaced_by
    third = find(context, find(context, second).replaced_by)
    pack = tmp_path / "pack.zip"

    def faults(members: Mapping[str, bytes]) -> list[str]:
        pack.write_bytes(write_pack(members, context.keys.private))
        return list(check_pack(pack, context.keys.public).faults)

    def told(release: ReleaseRecord) -> set[str]:
        """Ids of the withdrawals, after the whole pack was checked."""
        members = gather_members(context, release)
        assert faults(members) == []
        return {json.loads(line)["id"] for line in members[WITHDRAWN_LATER].splitlines()}

    # The line of the last one is all three; of the first only what left it is told.
    assert told(third) == {one.id for one in asked}
    assert told(find(context, first.id)) == {asked[0].id}
    members = gather_members(context, third)
    recalls = sorted(name for name in members if name.startswith(TAKEN_BACK + "rcl_"))
    assert [name.partition(".")[2] for name in recalls] == ["dsse.json", "parquet"] * 2
    by_id = {r.id: r for r in RecallBook(context.catalog, utc_now).list_all()}
    last = next(r.id for r in by_id.values() if r.releases[0].release_id == second)
    signed, rows = f"{TAKEN_BACK}{last}.dsse.json", f"{TAKEN_BACK}{last}.parquet"
    without = {name: data for name, data in members.items() if name not in (signed, rows)}
    assert faults(without) == [
        f"taken back: {last} is recorded and not told",
        "taken back: the recalls name other rows than the manifest says have left",
    ]
    other = next(name for name in recalls if name not in (signed, rows) and "parquet" in name)
    (fault,) = faults(members | {rows: members[other]})
    assert "are not those that were signed" in fault
    assert faults(members | {signed: members["release/manifest.dsse.json"]}) == [
        "taken back: The signed document is no recall."
    ]
    assert manifest_of(context, third).restricted_by == context.policy.digest
    other_policy = default_policy_text().replace("name: default", "name: other")
    assert faults(members | {RESTRICTING: other_policy.encode()}) == [
        "taken back: its policy is not the one that the manifest names"
    ]
    said = members[WITHDRAWN_LATER].splitlines(keepends=True)
    (fault,) = faults(members | {WITHDRAWN_LATER: said[0]})
    assert "asked for it, and is not told" in fault
    forged = b"".join(said).replace(b"RIGHTS_CLAIM", b"OTHER")
    assert any("as it is told" in fault for fault in faults(members | {WITHDRAWN_LATER: forged}))


def test_lifting_lets_it_out_under_a_new_id_and_what_was_recalled_stays_so(
    context: Context,
) -> None:
    build(context, Tier.RELEASABLE)
    (first,) = published(context, Tier.RELEASABLE)
    said = [
        withdraw(context, Selector.REPOSITORY, repo_id=r.id)
        for r in context.catalog.list_repositories()
    ]
    build(context)
    assert (find(context, first.id).replaced_by, published(context)) == ("", [])
    book = WithdrawalBook(context.catalog, context.policy)
    ReviewerBook(context.catalog, utc_now).add("bob", said[0].lane, actor="root")
    for one in said:
        book.ask_to_lift(one.id, Move(actor="ada", at=utc_now(), comment="mistaken", seen=1))
        book.approve_lifting(one.id, Move(actor="bob", at=utc_now(), comment="it is", seen=2))
    assert build(context, Tier.RELEASABLE) == []
    (again,) = published(context, Tier.RELEASABLE)
    assert again.id != first.id
    assert shown(paths(context, again)) == shown(ALL)
    assert find(context, first.id).state is ReleaseState.RECALLED


def test_a_consent_that_ends_takes_the_repository_back_and_the_internal_tier_keeps_it(
    context: Context,
) -> None:
    assert build(context, Tier.RELEASABLE) == []
    (first,) = published(context, Tier.RELEASABLE)
    two = repository(context, "two")
    state_anew(context, replace(two, release_consent=False, consent_until=None))
    assert build(context, Tier.INTERNAL_ONLY) == []
    (recall,) = RecallBook(context.catalog, utc_now).list_all()
    assert "CONSENT_ENDED" in recall.reasons
    other = find(context, find(context, first.id).replaced_by)
    assert paths(context, other) == {name.decode() for name in FIRST} - COPIES
    (inside,) = published(context, Tier.INTERNAL_ONLY)
    assert shown(paths(context, inside)) == {"b.py"}


def test_what_may_stay_inside_leaves_the_releasable_tier_alone(context: Context) -> None:
    build(context, Tier.RELEASABLE)
    rows = released_rows(context, published(context)[0]).to_pylist()
    (blob,) = {row["blob_id"] for row in rows if row["path"].decode() in COPIES}
    withdraw(context, Selector.BLOB, blob, scope=WithdrawalScope.RELEASABLE)
    assert build(context, *Tier) == []
    for release in published(context):
        is_inside = release.tier is Tier.INTERNAL_ONLY
        assert bool(COPIES & paths(context, release)) is is_inside


def test_a_build_that_died_before_it_told_of_its_release_tells_and_decides_anew(
    context: Context,
) -> None:
    assert build(context, Tier.RELEASABLE) == []
    (first,) = published(context, Tier.RELEASABLE)
    root = context.settings.shards_dir(Tier.RELEASABLE.value)
    feed_path(root / RECALLS_FOLDER, Tier.RELEASABLE).unlink()
    two = repository(context, "two")
    state_anew(context, replace(two, release_consent=False, consent_until=None))
    subject = f"{Tier.RELEASABLE}.{first.params['decisions']}"
    context.jobs.start_run(
        "release",
        {},
        lambda run: [JobSpec.of(run_id=run, stage="build", scope="", subject=subject)],
    )
    job = context.jobs.claim_next("test", 60)
    assert job is not None
    (follow,) = build_tier(context, job, lambda _done, _total: None)
    assert follow.stage == "decide"
    told = read_feed(root, context.keys.public, Tier.RELEASABLE, now=utc_now())
    assert told is not None
    assert told.releases.keys() == {first.id}


def test_a_damaged_release_stops_no_other_and_is_named(context: Context) -> None:
    two = repository(context, "two")
    state_anew(context, replace(two, release_consent=False, consent_until=None))
    build(context, *Tier)
    inside, outside = (published(context, tier)[0] for tier in Tier)
    for release in (inside, outside):
        released_rows(context, release)
    # One can be judged and not made again; one is gone and nothing was ever known of its rows.
    root = context.settings.shards_dir(Tier.INTERNAL_ONLY.value)
    book, gone = ReleaseBook(context.catalog, utc_now), "rel_" + "0" * 20
    book.begin_release(gone, Tier.INTERNAL_ONLY, inside.params)
    book.publish(gone, "0" * 64, gone, {})
    shutil.rmtree(root / inside.path)
    withdraw(context, Selector.REPOSITORY, repo_id=two.id)
    withdraw(context, Selector.PATH, "src/m00.py", repo_id=repository(context, "one").id)
    with pytest.raises(TransientError) as told:
        judge(context)
    assert all(name in str(told.value) for name in (gone, inside.id))
    assert outside.id not in str(told.value)
    taken = {r.id: r for r in book.list_releases() if r.state is ReleaseState.RECALLED}
    assert taken.keys() == {inside.id, outside.id}
    assert taken[inside.id].replaced_by == ""
    assert paths(context, find(context, taken[outside.id].replaced_by)).isdisjoint({"src/m00.py"})
    for tier in Tier:
        offered = read_feed(
            context.settings.shards_dir(tier.value), context.keys.public, tier, now=utc_now()
        )
        assert offered is not None
        assert len(offered.recalls) == 1


def judge(context: Context, attempt: int = 1) -> None:
    """Take back, in some attempt of a job."""
    subject = corpus_keys(context).decisions
    context.jobs.start_run(
        "release",
        {"tiers": []},
        lambda run: [JobSpec.of(run_id=run, stage="recall", scope="", subject=subject)],
    )
    job = context.jobs.claim_next("test", 60)
    assert job is not None
    try:
        take_back(context, replace(job, attempt=attempt), lambda _done, _total: None)
    finally:
        context.jobs.complete(job)


def test_what_nobody_can_judge_is_recalled_as_a_whole_in_the_last_attempt_until_somebody_can(
    context: Context, tmp_path: Path
) -> None:
    build(context, Tier.RELEASABLE)
    (release,) = published(context)
    root, key = context.settings.shards_dir(release.tier.value), context.keys.public
    dossier = context.lake.path("dossiers", str(release.params["dossier"]))
    away = dossier.rename(dossier.with_suffix(".away"))
    book, copies = RecallBook(context.catalog, utc_now), tmp_path / "copies"
    for attempt in (1, MAX_ATTEMPTS - 1):
        with pytest.raises(TransientError, match=release.id):
            judge(context, attempt)
    assert (published(context), book.list_all()) == ([release], [])
    with pytest.raises(ArtefactCorrupt, match="recalled as a whole"):
        judge(context, MAX_ATTEMPTS)
    (recall,) = book.list_all()
    assert (recall.reasons, recall.rows, recall.is_whole) == (("UNJUDGED",), 0, True)
    for may_drop in (False, True):
        with pytest.raises(ReleaseRefused, match="as a whole"):
            pull_release(root / release.path, copies, key, release.tier, drop_recalled=may_drop)
    judge(context, MAX_ATTEMPTS)
    with pytest.raises(InputError, match="still cannot be judged"):
        lift_recall(context, recall.id, actor="ada")

    away.rename(dossier)
    two = repository(context, "two")
    state_anew(context, replace(two, release_consent=False, consent_until=None))
    with pytest.raises(InputError, match="2 rows of"):
        lift_recall(context, recall.id, actor="ada")
    state_anew(context, two)
    assert lift_recall(context, recall.id, actor="ada").lifted == (release.id,)
    with pytest.raises(InputError, match="no recall of whole releases"):
        lift_recall(context, recall.id, actor="ada")
    assert published(context) == [release]
    pull_release(root / release.path, copies, key, release.tier)
    # Another time is another recall, and what is taken back by rows then is replaced.
    withdraw(context, Selector.PATH, "src/m00.py", repo_id=repository(context, "one").id)
    judge(context)
    assert find(context, release.id).replaced_by
    assert verify_audit(context).is_intact


@pytest.mark.parametrize("seed", [1, 2])
def test_no_row_of_a_withdrawn_file_is_in_any_later_pull(
    context: Context, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    one, key = repository(context, "one"), context.keys.public
    left, gone = sorted(shown(ALL) - {"b.py"}), set[str]()
    settled = Unsettled(context)
    copies: list[tuple[Path, Tier]] = []
    build(context, Tier.RELEASABLE)
    for number in range(7):
        step = chance.choice(["path", "path", "build", "inside", "pull", "pull"])
        if step == "path":
            name = left.pop(chance.randrange(len(left)))
            withdraw(context, Selector.PATH, name, repo_id=one.id)
            gone.add(name)
            with pytest.raises(NotSettled):
                settled.check()
        tiers = {"build": [Tier.RELEASABLE], "inside": [Tier.INTERNAL_ONLY]}.get(step, [])
        assert build(context, *tiers) == []
        settled.check()
        everything = ReleaseBook(context.catalog, utc_now).list_releases()
        release = chance.choice([r for r in everything if r.is_out])
        source = context.settings.shards_dir(release.tier.value) / release.path
        try:
            pulled = pull_release(source, tmp_path / f"pull{number}", key, release.tier)
            copies.append((pulled.directory, release.tier))
        except ReleaseRefused:
            assert release.state is ReleaseState.RECALLED
        for copy, tier in copies:
            offered = recalls_folder(context.settings.shards_dir(tier.value) / "x")
            apply_recalls(copy, offered, Reader(public_key=key, tier=tier))
            batches = open_rows(copy, key, tier, columns=["path"])
            assert not gone & {path for b in batches for path in b.column("path").to_pylist()}
        for known in published(context):
            counts = manifest_of(context, known).counts
            assert counts.seen == len(FIRST) + 2
            assert counts.emitted == released_rows(context, known).num_rows


@pytest.mark.parametrize("died_after", ["released", "tombstones", "recorded", "published"])
def test_a_stage_that_dies_anywhere_and_runs_again_ends_the_same(
    context: Context, died_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(context, Tier.RELEASABLE)
    (first,) = published(context, Tier.RELEASABLE)
    withdraw(context, Selector.PATH, "src/m00.py", repo_id=repository(context, "one").id)
    from workers import recalls

    class Died(BaseException):
        """Stands for the end of the process."""

    def dying(step: object) -> object:
        def run(*args: object, **given: object) -> object:
            assert callable(step)
            step(*args, **given)
            raise Died

        return run

    place, name = {
        "released": (recalls, "re_release"),
        "tombstones": (recalls, "tombstones_table"),
        "recorded": (recalls.RecallBook, "record"),
        "published": (recalls, "publish_recall"),
    }[died_after]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, dying(getattr(place, name)))
        subject = corpus_keys(context).decisions
        context.jobs.start_run(
            "release",
            {"tiers": []},
            lambda run: [JobSpec.of(run_id=run, stage="recall", scope="", subject=subject)],
        )
        job = context.jobs.claim_next("test", 60)
        assert job is not None
        with pytest.raises(Died):
            take_back(context, job, lambda _done, _total: None)
    take_back(context, job, lambda _done, _total: None)
    take_back(context, job, lambda _done, _total: None)
    (recall,) = RecallBook(context.catalog, utc_now).list_all()
    other = find(context, find(context, first.id).replaced_by)
    assert [r.id for r in published(context)] == [other.id]
    assert "src/m00.py" not in paths(context, other)
    root = context.settings.shards_dir(Tier.RELEASABLE.value)
    feed = read_feed(root, context.keys.public, Tier.RELEASABLE, now=datetime.now(UTC))
    assert feed is not None
    assert [r.recall_id for r in feed.recalls] == [recall.id]
    assert [e.action for e in AuditLog(context.catalog, utc_now).entries()].count("recall") == 1
