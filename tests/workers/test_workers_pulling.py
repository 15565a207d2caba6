"""Handing releases over: by a grant that counts, or not at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import InputError, ReleaseRefused, TransientError
from policies.decision import Tier
from release.domain.grant import Grant, PullRefused, Purpose, Wish
from release.exports import ExportFormat
from release.ports import ignore_progress
from release.pull import open_receipt
from store.catalog import (
    AuditLog,
    GrantBook,
    PullBook,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    ReleaseBook,
)
from tests.support.releases import folder_of, installation, take_back
from workers import pulling
from workers.attesting import attest
from workers.audit import seal_audit, verify_audit
from workers.context import Context, utc_now
from workers.pulling import Handover, Order, pull
from workers.settings import Settings

LATER = timedelta(days=1)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pulling") / "home"
    installation(home).catalog.close()
    return home


@pytest.fixture
def context(pristine: Path, tmp_path: Path) -> Iterator[Context]:
    shutil.copytree(pristine, tmp_path / "home")
    made = Context(settings=Settings(home=tmp_path / "home"))
    yield made
    made.catalog.close()


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "dest"


def order(context: Context, dest: Path, **changes: Any) -> Order:
    values: dict[str, Any] = {"dest": dest, "tier": Tier.RELEASABLE, "consumer": "trainers"}
    values |= changes
    release = folder_of(context, values["tier"]).name
    return Order(**({"release": release} | values))


def given(context: Context, until: datetime | None = None, **changes: Any) -> Grant:
    values: dict[str, Any] = {
        "consumer": "trainers",
        "tier": Tier.RELEASABLE,
        "purpose": Purpose.PUBLIC_MODEL,
    }
    book = GrantBook(context.catalog, clock=lambda: utc_now() - LATER)
    made = book.draft(Wish(**(values | changes)), until or utc_now() + LATER, by="ada")
    book.add(made)
    return made


def revoke(context: Context, grant: Grant) -> None:
    GrantBook(context.catalog, clock=utc_now).revoke(grant.id, by="eve")


def handed(context: Context, asked: Order) -> Handover:
    return pull(context, asked, ignore_progress)


def actions(context: Context) -> list[str]:
    seal_audit(context)
    assert verify_audit(context).is_intact
    entries = AuditLog(context.catalog, clock=utc_now).entries()
    return [entry.action for entry in entries if entry.action != "publish"]


def test_a_granted_pull_leaves_a_copy_a_signed_receipt_and_an_entry_of_the_chain(
    context: Context, dest: Path
) -> None:
    grant = given(context)
    done = handed(context, order(context, dest, run_id="spring-1"))
    receipt, manifest = done.receipt, done.release.manifest
    assert receipt is not None
    assert done.receipt_file is not None
    assert open_receipt(done.receipt_file.read_bytes(), context.keys.public) == receipt
    assert (receipt.consumer, receipt.purpose) == ("trainers", Purpose.PUBLIC_MODEL)
    assert (receipt.run_id, receipt.grant_id) == ("spring-1", grant.id)
    assert [s.sha256 for s in receipt.shards] == [s.sha256 for s in manifest.shards]
    assert len(manifest.shards) > 1
    assert {path.name for path in dest.iterdir()} == {manifest.release_id, receipt.file_name}
    (kept,) = PullBook(context.catalog, clock=utc_now).list_all(run_id="spring-1")
    assert kept.receipt_digest == hashlib.sha256(done.receipt_file.read_bytes()).hexdigest()
    assert actions(context) == ["grant.add", "pull"]


def test_pulling_again_for_the_same_run_gives_the_same_receipt(
    context: Context, dest: Path
) -> None:
    given(context)
    first = handed(context, order(context, dest))
    assert first.receipt_file is not None
    before = first.receipt_file.read_bytes()
    first.receipt_file.unlink()
    # A grant that lasts longer is there now; the run stays with the one it began with.
    given(context, utc_now() + 2 * LATER)
    later = pull(
        context,
        order(context, dest),
        ignore_progress,
        clock=lambda: utc_now() + timedelta(minutes=1),
    )
    assert later == first
    assert first.receipt_file.read_bytes() == before
    assert len(PullBook(context.catalog, clock=utc_now).list_all()) == 1
    assert actions(context).count("pull") == 1


def test_the_receipts_of_several_runs_do_not_replace_one_another(
    context: Context, dest: Path
) -> None:
    given(context)
    files = {handed(context, order(context, dest, run_id=run)).receipt_file for run in ("a", "b")}
    assert len(files) == 2
    assert all(file is not None and file.exists() for file in files)


@pytest.mark.parametrize("tier", Tier)
def test_without_a_grant_nothing_is_copied_and_the_line_to_type_is_told(
    context: Context, dest: Path, tier: Tier
) -> None:
    for purpose in (None, *Purpose):
        with pytest.raises(PullRefused) as refused:
            handed(context, order(context, dest, tier=tier, purpose=purpose))
        if (tier, purpose) == (Tier.INTERNAL_ONLY, Purpose.PUBLIC_MODEL):
            assert "never" in refused.value.message
            assert refused.value.hint == ""
        else:
            assert f"shardgate grant add trainers --tier {tier} --purpose" in refused.value.hint
    assert not dest.exists()
    assert PullBook(context.catalog, clock=utc_now).list_all() == []


def test_only_what_was_granted_is_handed_over(context: Context, dest: Path) -> None:
    given(context, tier=Tier.INTERNAL_ONLY, purpose=Purpose.INTERNAL_MODEL)
    given(context, purpose=Purpose.EVALUATION, consumer="others")
    got = set()
    for tier, purpose, consumer in product(Tier, Purpose, ("trainers", "others")):
        asked = order(context, dest, tier=tier, purpose=purpose, consumer=consumer)
        try:
            handed(context, asked)
        except PullRefused:
            continue
        got.add((tier, purpose, consumer))
    assert got == {
        (Tier.INTERNAL_ONLY, Purpose.INTERNAL_MODEL, "trainers"),
        (Tier.RELEASABLE, Purpose.EVALUATION, "others"),
    }


def test_the_purpose_is_asked_for_only_where_grants_leave_it_open(
    context: Context, dest: Path
) -> None:
    first = given(context, purpose=Purpose.EVALUATION)
    done = handed(context, order(context, dest))
    assert done.receipt is not None
    assert done.receipt.purpose is Purpose.EVALUATION
    given(context)
    with pytest.raises(PullRefused, match="several purposes") as refused:
        handed(context, order(context, dest))
    assert "evaluation, public-model" in refused.value.hint
    revoke(context, first)
    assert handed(context, order(context, dest)).receipt is not None


def test_a_grant_that_has_ended_is_named_as_what_it_is(context: Context, dest: Path) -> None:
    given(context, utc_now() - LATER / 2)
    with pytest.raises(PullRefused, match="has expired"):
        handed(context, order(context, dest))
    revoke(context, given(context, purpose=Purpose.EVALUATION))
    with pytest.raises(PullRefused, match="was revoked"):
        handed(context, order(context, dest, purpose=Purpose.EVALUATION))
    assert not dest.exists()


class CutError(Exception):
    """The line broke."""


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_pull_that_was_cut_is_not_resumed_once_the_grant_has_ended(
    context: Context, dest: Path, end: str
) -> None:
    grant = given(context)

    def cut(done: int, total: int) -> None:
        if done > total // 2:
            raise CutError

    with pytest.raises(CutError):
        pull(context, order(context, dest), cut)
    parts = {path: path.stat().st_mtime_ns for path in dest.rglob("*")}
    assert parts
    if end == "revoked":
        revoke(context, grant)
    late = utc_now() + (2 * LATER if end == "expired" else timedelta())
    with pytest.raises(PullRefused, match=end):
        pull(context, order(context, dest), ignore_progress, clock=lambda: late)
    assert {path: path.stat().st_mtime_ns for path in dest.rglob("*")} == parts
    assert PullBook(context.catalog, clock=utc_now).list_all() == []


@pytest.mark.parametrize("every", [0, pulling.CHECK_EVERY_BYTES])
def test_a_grant_that_ends_while_bytes_are_copied_ends_the_pull(
    context: Context, dest: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(pulling, "CHECK_EVERY_BYTES", every)
    grant = given(context)
    seen = []

    def take_away(done: int, total: int) -> None:
        seen.append(done / total)
        revoke(context, grant)

    with pytest.raises(PullRefused, match="revoked"):
        pull(context, order(context, dest), take_away)
    assert max(seen) < 1
    assert len(seen) == 1 or every
    assert list(dest.iterdir()) == []


def test_a_grant_that_ends_while_the_copy_is_verified_leaves_no_copy(
    context: Context, dest: Path
) -> None:
    grant = given(context)
    ends = []

    def take_away(done: int, total: int) -> None:
        ends.append(done == total)
        # The last file is told of twice: as its last bytes arrive, and as done.
        if ends.count(True) == 2:
            revoke(context, grant)

    with pytest.raises(PullRefused, match="revoked"):
        pull(context, order(context, dest), take_away)
    assert list(dest.iterdir()) == []
    assert actions(context) == ["grant.add", "grant.revoke"]


def test_a_copy_of_before_stays_when_a_later_pull_is_refused(context: Context, dest: Path) -> None:
    grant = given(context)
    copy = handed(context, order(context, dest)).release.directory
    revoke(context, grant)
    with pytest.raises(PullRefused):
        handed(context, order(context, dest))
    assert copy.is_dir()


def test_a_run_belongs_to_one_consumer_and_one_purpose(context: Context, dest: Path) -> None:
    given(context)
    given(context, tier=Tier.INTERNAL_ONLY, purpose=Purpose.INTERNAL_MODEL)
    given(context, consumer="others")
    handed(context, order(context, dest, run_id="spring-1"))
    for change in ({"tier": Tier.INTERNAL_ONLY}, {"consumer": "others"}):
        with pytest.raises(PullRefused, match="spring-1"):
            handed(context, order(context, dest, run_id="spring-1", **change))
    with pytest.raises(InputError, match="named"):
        handed(context, order(context, dest, run_id="../x"))


def test_a_folder_of_this_installation_needs_a_grant_wherever_it_lies(
    context: Context, dest: Path, tmp_path: Path
) -> None:
    folder = folder_of(context, Tier.RELEASABLE)
    carried = shutil.copytree(folder, tmp_path / "disk" / "renamed")
    for place in (folder, carried):
        with pytest.raises(PullRefused):
            handed(context, order(context, dest, release=str(place)))
    assert not dest.exists()
    given(context)
    assert handed(context, order(context, dest, release=str(carried))).receipt is not None


def test_a_folder_of_another_installation_is_verified_and_leaves_no_receipt(
    context: Context, dest: Path, tmp_path: Path
) -> None:
    folder = folder_of(context, Tier.INTERNAL_ONLY)
    other = Context(settings=Settings(home=tmp_path / "other"))
    asked = {"tier": Tier.INTERNAL_ONLY, "release": str(folder)}
    foreign = order(context, dest, public_key=context.keys.public, **asked)
    done = handed(other, foreign)
    assert (done.receipt, done.receipt_file) == (None, None)
    assert [path.name for path in dest.iterdir()] == [folder.name]
    assert not (tmp_path / "other").exists()
    with pytest.raises(ReleaseRefused, match="trusted key"):
        handed(other, order(context, dest, **asked))
    assert other.catalog.list_repositories() == []
    assert handed(other, foreign).receipt is None
    with pytest.raises(PullRefused, match="never"):
        handed(
            other,
            order(
                context,
                dest,
                public_key=context.keys.public,
                purpose=Purpose.PUBLIC_MODEL,
                **asked,
            ),
        )


def test_what_was_never_published_is_not_handed_over(context: Context, dest: Path) -> None:
    given(context)
    folder = folder_of(context, Tier.RELEASABLE)
    with pytest.raises(InputError, match="no releasable release"):
        handed(context, order(context, dest, release="rel_none"))
    wrong = order(context, dest, tier=Tier.INTERNAL_ONLY)
    with pytest.raises(ReleaseRefused, match="asked for"):
        handed(context, order(context, dest, release=f"{folder.parent}/../{_of(wrong)}"))
    fresh = Context(settings=Settings(home=dest.parent / "fresh"))
    shutil.copytree(context.settings.keys_dir, fresh.settings.keys_dir)
    ReleaseBook(fresh.catalog, clock=utc_now).begin_release(folder.name, Tier.RELEASABLE, {})
    with pytest.raises(ReleaseRefused, match="not published"):
        handed(fresh, order(context, dest, release=str(folder)))
    assert not dest.exists()
    fresh.catalog.close()


def test_what_we_signed_and_wrote_down_nowhere_is_not_handed_over(
    context: Context, dest: Path
) -> None:
    fresh = Context(settings=Settings(home=dest.parent / "fresh"))
    shutil.copytree(context.settings.keys_dir, fresh.settings.keys_dir)
    assert fresh.catalog.list_repositories() == []
    folder = str(folder_of(context, Tier.RELEASABLE))
    for key in (None, context.keys.public):
        with pytest.raises(ReleaseRefused, match="was never published"):
            handed(fresh, order(context, dest, release=folder, public_key=key))
    assert not dest.exists()
    fresh.catalog.close()


def test_what_the_catalog_has_recalled_is_refused_before_readers_can_see_it(
    context: Context, dest: Path
) -> None:
    given(context)
    asked = order(context, dest)
    recalled = RecalledRelease(release_id=asked.release, rows=1, replaced_by="")
    record = RecallRecord(
        id="rcl_" + "0" * 24,
        tier=Tier.RELEASABLE,
        reasons=("SECRET",),
        requests=("wdr_1",),
        releases=(recalled,),
        issued_at=utc_now(),
    )
    assert RecallBook(context.catalog, utc_now).record(record, actor="worker")
    with pytest.raises(ReleaseRefused, match="was recalled; nothing replaces it"):
        handed(context, asked)
    with pytest.raises(TransientError, match="not out yet"):
        handed(context, order(context, dest, drop_recalled=True))
    assert not dest.exists()


def _of(asked: Order) -> str:
    return f"shards-internal-only/{asked.release}"


@pytest.mark.parametrize("tier", Tier)
def test_a_recalled_release_is_handed_over_on_demand_and_the_receipt_says_so(
    context: Context, dest: Path, tier: Tier
) -> None:
    given(context, tier=tier, purpose=Purpose.EVALUATION)
    recall_id = take_back(context, tier)
    with pytest.raises(ReleaseRefused, match="recalled"):
        handed(context, order(context, dest, tier=tier))
    assert PullBook(context.catalog, clock=utc_now).list_all() == []
    done = handed(context, order(context, dest, tier=tier, drop_recalled=True))
    assert done.receipt is not None
    assert done.receipt.recalls == (recall_id,)
    (release,) = attest(context, done.receipt.run_id, by="bob").statement.predicate.recalled
    assert release.id == done.receipt.release_id


def test_what_is_recalled_after_a_pull_shows_in_the_attestation(
    context: Context, dest: Path
) -> None:
    given(context)
    receipt = handed(context, order(context, dest)).receipt
    assert receipt is not None
    assert receipt.recalls == ()
    assert attest(context, receipt.run_id, by="bob").statement.predicate.recalled == ()
    take_back(context, Tier.RELEASABLE)
    (release,) = attest(context, receipt.run_id, by="bob").statement.predicate.recalled
    assert (release.id, release.state) == (receipt.release_id, "recalled")


def test_an_export_goes_by_a_grant_as_a_pull_does(context: Context, dest: Path) -> None:
    wanted = order(context, dest, form=ExportFormat.JSONL)
    with pytest.raises(PullRefused, match="no grant"):
        pull(context, wanted, ignore_progress)
    assert not dest.exists()
    grant = given(context)
    done = pull(context, wanted, ignore_progress)
    assert done.release.directory == dest / f"{wanted.release}.jsonl"
    assert list(done.release.directory.glob("*.jsonl.zst"))
    assert done.receipt is not None
    assert done.receipt.grant_id == grant.id
    assert open_receipt(done.receipt_file.read_bytes(), context.keys.public) == done.receipt  # type: ignore[union-attr]
