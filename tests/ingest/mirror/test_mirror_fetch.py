from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.repository import VisitStatus
from ingest.errors import MustWait
from ingest.mirror.fetch import mark_suspect
from ingest.mirror.git import Extent, GitLimits, GitSettings
from ingest.mirror.head import read_head
from ingest.mirror.log import read_log
from ingest.mirror.reader import MirrorReader
from tests.support.gitrepo import (
    Commit,
    build_repository,
    git,
    set_ref,
    write_commit,
    write_object,
    write_tree,
)
from tests.support.until import comes_true

ONE = {b"a.txt": b"one\n"}
TWO = {b"a.txt": b"two\n"}
GONE = "0123456789" * 4


def refs_of(git_dir: Path) -> dict[str, str]:
    lines = git(git_dir, "for-each-ref", "--format=%(refname) %(objectname)").decode().splitlines()
    return dict(line.split() for line in lines)


def test_a_first_visit_mirrors_every_ref(mirrors: Any, source: Path) -> None:
    dev = Commit(files=TWO, branch="dev", parent=0)
    built = build_repository(source, [ONE, dev], tags={"v1": 0})
    set_ref(source, "refs/merge-requests/7/head", built.commits[1])
    visit = mirrors.sync()
    assert (visit.status, visit.cause) == (VisitStatus.FULL, "")
    assert (visit.head_commit, visit.branch, visit.ref_count) == (built.commits[0], "main", 4)
    assert refs_of(mirrors.current) == refs_of(source)
    assert not (mirrors.current / "hooks").exists()


def test_an_unchanged_source_keeps_the_generation(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    first = mirrors.sync()
    generation = mirrors.current
    again = mirrors.sync()
    assert mirrors.current == generation
    assert again.refs_digest == first.refs_digest


def test_new_commits_come_into_a_new_generation(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    first = mirrors.sync()
    old = mirrors.current
    built = build_repository(source, [TWO])
    visit = mirrors.sync()
    assert visit.head_commit == built.head
    assert visit.refs_digest != first.refs_digest
    assert mirrors.current != old
    assert refs_of(old) == {"refs/heads/main": first.head_commit}


def test_a_force_push_is_followed_and_old_objects_stay(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    first = mirrors.sync()
    built = build_repository(source, [Commit(files=TWO, parent=-1, when=5)])
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit) == (VisitStatus.FULL, built.head)
    with MirrorReader(mirrors.path) as reader:
        assert reader.read_commit(mirrors.repository.id, first.head_commit)


def test_renamed_and_deleted_branches_are_followed(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE], tags={f"v{n}": 0 for n in range(8)})
    set_ref(source, "refs/heads/feature", built.head)
    mirrors.sync()
    set_ref(source, "refs/heads/feature", None)
    set_ref(source, "refs/heads/feature/deep", built.head)
    visit = mirrors.sync()
    assert (visit.status, visit.cause) == (VisitStatus.FULL, "")
    assert refs_of(mirrors.current) == refs_of(source)


def test_many_packs_are_joined_without_losing_an_object(mirrors: Any, source: Path) -> None:
    mirrors.settings = GitSettings(allow_local=True, limits=GitLimits(packs=2))
    heads = []
    for number in range(4):
        change = Commit(files={b"a": b"%d" % number}, parent=-1, when=number)
        heads.append(build_repository(source, [change]).head)
        assert mirrors.sync().cause == ""
    assert len(list((mirrors.current / "objects" / "pack").glob("*.pack"))) <= 2
    with MirrorReader(mirrors.path) as reader:
        for head in heads:
            assert reader.read_commit(mirrors.repository.id, head)


def test_a_mass_prune_is_noted(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE], tags={f"v{n}": 0 for n in range(3)})
    mirrors.sync()
    set_ref(source, "refs/tags/v0", None)
    set_ref(source, "refs/tags/v1", None)
    visit = mirrors.sync()
    assert (visit.status, visit.cause) == (VisitStatus.FULL, "2 of 4 refs vanished at the source")


def test_an_empty_repository_is_a_full_visit_without_head(mirrors: Any, source: Path) -> None:
    build_repository(source)
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit, visit.ref_count) == (VisitStatus.FULL, "", 0)
    assert read_head(mirrors.path, mirrors.repository.id) is None
    built = build_repository(source, [ONE])
    assert mirrors.sync().head_commit == built.head


def test_a_repository_that_became_empty_is_followed(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.sync()
    set_ref(source, "refs/heads/main", None)
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit, visit.ref_count) == (VisitStatus.FULL, "", 0)


def test_tags_without_a_branch_give_no_head(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE], tags={"v1": 0})
    set_ref(source, "refs/heads/main", None)
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit, visit.ref_count) == (VisitStatus.FULL, "", 1)


def test_a_detached_head_that_no_ref_reaches_is_mirrored(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE, Commit(files=TWO, branch="gone", parent=0)], head=1)
    set_ref(source, "refs/heads/gone", None)
    visit = mirrors.sync()
    assert (visit.status, visit.branch) == (VisitStatus.FULL, "")
    assert visit.head_commit == built.commits[1]
    head = read_head(mirrors.path, mirrors.repository.id)
    assert head is not None
    assert (head.commit_id, head.branch) == (built.commits[1], "")
    generation = mirrors.current
    assert mirrors.sync().cause == ""
    assert mirrors.current == generation


@pytest.mark.parametrize(("extent", "commits"), [(Extent.HEAD, 2), (Extent.HEAD_TREE, 1)])
def test_a_lesser_extent_holds_head_and_no_other_ref(
    mirrors: Any, source: Path, extent: Extent, commits: int
) -> None:
    aside = Commit(files=TWO, branch="aside", parent=0)
    built = build_repository(source, [ONE, TWO, aside])
    mirrors.settings = replace(mirrors.settings, extent=extent)
    visit = mirrors.sync()
    tip = built.commits[1]
    assert (visit.status, visit.head_commit) == (VisitStatus.FULL, tip)
    assert len(list(read_log(mirrors.path, mirrors.repository.id, tip))) == commits
    assert set(refs_of(mirrors.current)) == {"refs/shardgate/HEAD"}


@pytest.mark.parametrize("extent", [Extent.HEAD, Extent.HEAD_TREE])
def test_a_lesser_extent_of_a_broken_head_fails(mirrors: Any, source: Path, extent: Extent) -> None:
    build_repository(source, [ONE])
    break_ref(source, "refs/heads/main")
    mirrors.settings = replace(mirrors.settings, extent=extent)
    assert mirrors.sync().status is VisitStatus.FAILED


def test_a_head_that_moves_to_another_branch_is_noticed(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE])
    set_ref(source, "refs/heads/trunk", built.head)
    assert mirrors.sync().branch == "main"
    git(source, "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert mirrors.sync().branch == "trunk"


def test_a_ref_under_our_own_prefix_is_left_out(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE])
    set_ref(source, "refs/shardgate/HEAD", built.head)
    assert mirrors.sync().ref_count == 1
    build_repository(source, [TWO])
    assert mirrors.sync().ref_count == 1
    assert set(refs_of(mirrors.current)) == {"refs/heads/main"}


def test_a_missing_path_is_not_found(mirrors: Any) -> None:
    visit = mirrors.sync()
    assert visit.status is VisitStatus.NOT_FOUND
    assert "knows no such repository" in visit.cause


def test_local_repositories_have_to_be_allowed(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.settings = GitSettings(allow_local=False)
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "allowed explicitly" in visit.cause


def break_ref(source: Path, ref: str) -> str:
    """Point a ref at a commit whose tree is missing."""
    return write_commit(source, GONE, ref)


def test_broken_refs_leave_the_good_ones_on_a_first_visit(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE], tags={"v1": 0, "v2": 0})
    break_ref(source, "refs/heads/broken")
    visit = mirrors.sync()
    assert visit.status is VisitStatus.PARTIAL
    assert visit.cause == "1 of 4 refs are broken at the source: refs/heads/broken"
    assert (visit.head_commit, visit.ref_count) == (built.head, 3)


def test_a_ref_that_breaks_keeps_its_last_good_value(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE])
    set_ref(source, "refs/heads/dev", built.head)
    set_ref(source, "refs/heads/old", built.head)
    mirrors.sync()
    break_ref(source, "refs/heads/dev")
    set_ref(source, "refs/heads/old", None)
    moved = build_repository(source, [TWO])
    visit = mirrors.sync()
    assert visit.status is VisitStatus.PARTIAL
    assert refs_of(mirrors.current) == {
        "refs/heads/main": moved.head,
        "refs/heads/dev": built.head,
    }
    set_ref(source, "refs/heads/dev", moved.head)
    assert mirrors.sync().status is VisitStatus.FULL


def test_a_source_whose_every_ref_is_broken_fails(mirrors: Any, source: Path) -> None:
    build_repository(source)
    break_ref(source, "refs/heads/main")
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "missing or malformed" in visit.cause
    assert not mirrors.current.exists()


@pytest.mark.parametrize("name", [b"..", b".git", b"a/b", b""])
def test_a_malformed_tree_is_not_taken(mirrors: Any, source: Path, name: bytes) -> None:
    build_repository(source)
    blob = write_object(source, "blob", b"x")
    write_commit(source, write_tree(source, [(0o100644, name, blob)]))
    assert mirrors.sync().status is VisitStatus.FAILED


def test_a_failed_visit_leaves_the_mirror_and_reports_it(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    first = mirrors.sync()
    generation = mirrors.current
    shutil.rmtree(source)
    visit = mirrors.sync()
    assert visit.status is VisitStatus.NOT_FOUND
    assert mirrors.current == generation
    assert (visit.head_commit, visit.refs_digest) == (first.head_commit, first.refs_digest)


def damage(mirror: Path) -> None:
    """Overwrite the middle of every pack, and in that copy only."""
    for pack in (mirror / "objects" / "pack").glob("*.pack"):
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 0xFF
        pack.unlink()
        pack.write_bytes(bytes(data))


def test_a_damaged_mirror_is_set_aside_and_cloned_anew(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE])
    mirrors.sync()
    damage(mirrors.current)
    mark_suspect(mirrors.path, mirrors.repository.id)
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FULL
    assert visit.cause == "the mirror was damaged and was cloned anew"
    assert visit.head_commit == built.head
    assert {path.name for path in mirrors.home.iterdir()} == {
        "aside-00000001", "current", "g00000002", "lock", "repair.json",
    }  # fmt: skip
    git(mirrors.current, "fsck", "--full")


def test_damage_that_a_fetch_meets_is_repaired(mirrors: Any, source: Path) -> None:
    first = build_repository(source, [ONE | {b"kept": b"never sent again\n"}])
    mirrors.sync()
    tip = git(source, "cat-file", "commit", first.head)
    for pack in (mirrors.current / "objects" / "pack").iterdir():
        pack.unlink()
    write_object(mirrors.current, "commit", tip)
    built = build_repository(source, [TWO])
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit) == (VisitStatus.FULL, built.head)
    assert visit.cause == "the mirror was damaged and was cloned anew"
    git(mirrors.current, "fsck", "--full")


def test_a_mirror_without_its_objects_is_cloned_anew(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [ONE])
    mirrors.sync()
    for pack in (mirrors.current / "objects" / "pack").iterdir():
        pack.unlink()
    visit = mirrors.sync()
    assert (visit.status, visit.head_commit) == (VisitStatus.FULL, built.head)
    assert visit.cause == "the mirror was damaged and was cloned anew"
    git(mirrors.current, "fsck", "--full")


def test_a_suspicion_without_damage_only_costs_a_check(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.sync()
    generation = mirrors.current
    mark_suspect(mirrors.path, mirrors.repository.id)
    assert mirrors.sync().cause == ""
    assert mirrors.current == generation
    assert not (mirrors.home / "suspect").exists()


def test_a_damaged_mirror_stays_when_its_source_is_gone(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.sync()
    generation = mirrors.current
    damage(generation)
    mark_suspect(mirrors.path, mirrors.repository.id)
    shutil.rmtree(source)
    assert mirrors.sync().status is VisitStatus.NOT_FOUND
    assert mirrors.current == generation
    assert (mirrors.home / "suspect").exists()


def test_repairs_back_off_and_end(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.sync()
    causes = []
    for step in range(7):
        mirrors.now += timedelta(days=1)
        if step != 2:  # the damage of step 1 was not repaired
            damage(mirrors.current)
        mark_suspect(mirrors.path, mirrors.repository.id)
        if step == 1:
            mirrors.now -= timedelta(days=1) - timedelta(seconds=30)
        causes.append(mirrors.sync().cause)
    assert causes[0].endswith("cloned anew")
    assert "cloned anew after 2030-05-02 00:01 UTC" in causes[1]
    assert [c.endswith("cloned anew") for c in causes[2:6]] == [True] * 4
    assert "already cloned anew 5 times" in causes[6]


def test_leftovers_of_a_killed_visit_are_swept(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.sync()
    leftover = mirrors.home / "g00000009"
    (leftover / "objects" / "pack").mkdir(parents=True)
    (leftover / "objects" / "pack" / "tmp_pack_x").write_bytes(b"half")
    (mirrors.current / "refs" / "heads" / "main.lock").touch()
    (mirrors.current / "objects" / "pack" / "tmp_pack_y").write_bytes(b"half")
    built = build_repository(source, [TWO])
    assert mirrors.sync().head_commit == built.head
    assert not leftover.exists()
    assert not list(mirrors.current.rglob("tmp_*"))


def test_two_visits_at_once_do_not_meet(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.home.mkdir(parents=True)
    with (mirrors.home / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(MustWait, match="Another visit"):
            mirrors.sync()
    assert mirrors.sync().status is VisitStatus.FULL


def test_a_source_with_too_many_refs_fails(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE], tags={f"v{n}": 0 for n in range(5)})
    mirrors.settings = GitSettings(allow_local=True, limits=GitLimits(refs=5))
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "6 refs" in visit.cause


def test_an_unwritable_disk_is_a_failed_visit(mirrors: Any, source: Path) -> None:
    build_repository(source, [ONE])
    mirrors.path.write_text("a file where the folder should be")
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "disk or system failed" in visit.cause
    assert str(mirrors.path) not in visit.cause


def test_nothing_of_a_hostile_repository_runs(mirrors: Any, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    build_repository(work / ".git", [ONE], head="main")
    payload = f"touch {marker}"
    for key in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass",
        "core.alternateRefsCommand", "uploadpack.packObjectsHook", "diff.external",
        "credential.helper", "filter.x.smudge", "gpg.program",
    ):  # fmt: skip
        value = f"!{payload}" if key == "credential.helper" else payload
        git(work, "config", key, value)
    git(work, "config", "core.hooksPath", str(work / "hooks"))
    (work / "hooks").mkdir()
    for hook in ("post-checkout", "pre-receive", "reference-transaction", "post-index-change"):
        (work / "hooks" / hook).write_text(f"#!/bin/sh\n{payload}\n")
        (work / "hooks" / hook).chmod(0o755)
    repository = type(mirrors.repository)(
        **{f: getattr(mirrors.repository, f) for f in mirrors.repository.__dataclass_fields__}
        | {"url": work.as_uri()}
    )
    assert mirrors.sync(repository).status is VisitStatus.FULL
    assert read_head(mirrors.path, repository.id) is not None
    assert not marker.exists()
    # the control: git as people run it does start the payload
    subprocess.run(["git", "status"], cwd=work, capture_output=True, check=False)
    assert marker.exists()


def test_the_environment_of_the_caller_does_not_reach_git(
    mirrors: Any, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    build_repository(source, [ONE])
    for name, value in {
        "GIT_TRACE": str(trace),
        "GIT_DIR": "/nonexistent",
        "GIT_EXEC_PATH": "/nonexistent",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "never",
        "GIT_SSL_NO_VERIFY": "1",
        "HTTPS_PROXY": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    visit = mirrors.sync()
    assert (visit.status, visit.cause) == (VisitStatus.FULL, "")
    assert not trace.exists()


def test_no_process_is_left_after_a_time_limit(mirrors: Any, source: Path, tmp_path: Path) -> None:
    build_repository(source, [{b"a": os.urandom(2**20)}])
    mirrors.settings = GitSettings(allow_local=True, limits=GitLimits(wall_seconds=0.001))
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert comes_true(lambda: not commands_with(os.fsencode(tmp_path)))


def commands_with(needle: bytes) -> list[bytes]:
    """Return the command lines of running processes that hold a needle."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended
            found.append(path.read_bytes())
    return [command for command in found if needle in command]
