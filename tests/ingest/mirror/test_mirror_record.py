"""What a visit says of itself: its problem in one word, and the record of its commands."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.problem import WORDS, Problem, problem_of
from ingest.domain.repository import VisitStatus
from ingest.errors import MustWait
from ingest.mirror.git import Extent, GitLimits, GitSettings
from ingest.mirror.head import read_head
from ingest.mirror.process import GitProcess, ProcessSpec
from ingest.mirror.reader import MirrorReader
from ingest.mirror.record import MAX_COMMANDS, CommandRecord, last_lines, shown_argv
from tests.support.gitrepo import build_repository, git
from tests.support.gitserver import HOST

Remote = Callable[..., Any]
FILES = {b"a.txt": b"one\n"}


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_words_and_something_to_do(problem: Problem) -> None:
    assert WORDS[problem].says
    assert WORDS[problem].do
    assert problem_of(problem.value) is problem


def test_a_code_that_names_no_problem_is_another() -> None:
    assert problem_of("SourceUnreachable") is Problem.OTHER


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("301/app.git", Problem.MOVED),
        ("403/app.git", Problem.AUTH_FAILED),
        ("404/app.git", Problem.NOT_FOUND),
        ("429/app.git", Problem.THROTTLED),
        ("502/app.git", Problem.UNREACHABLE),
    ],
)
def test_an_answer_of_the_host_is_a_problem_in_one_word(
    remote: Remote, path: str, problem: Problem
) -> None:
    visit = remote(path).sync()
    assert visit.problem == problem
    assert [c.argv[0] for c in visit.commands] == ["ls-remote"]
    assert visit.commands[0].returncode == 128


def test_what_is_wrong_before_any_command_is_a_problem_too(remote: Remote) -> None:
    assert remote("open/a.git", "env:ABSENT").sync().problem == Problem.CREDENTIAL_MISSING
    assert remote("open/a.git", allow_hosts=frozenset()).sync().problem == Problem.ADDRESS_REFUSED
    assert remote("open/a.git", ca_file=None).sync().problem == Problem.TLS
    slow = remote("slow/a.git", limits=GitLimits(wall_seconds=0.3)).sync()
    assert slow.problem == Problem.TIMEOUT
    assert slow.commands[0].returncode is None


def test_a_repository_without_commits_is_empty_and_one_with_them_has_no_problem(
    mirrors: Any, source: Path
) -> None:
    build_repository(source)
    assert mirrors.sync().problem == Problem.EMPTY
    build_repository(source, [FILES])
    visit = mirrors.sync()
    assert (visit.status, visit.problem) == (VisitStatus.FULL, "")


def test_commands_are_recorded_without_credential_and_places_of_this_machine(
    remote: Remote, source: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_repository(source, [FILES])
    secret = "hunter-" + "2" * 12
    server.accepted = f"git:{secret}"
    monkeypatch.setenv("SCALE_TOKEN", secret)
    visit = remote("auth/source.git", "env:SCALE_TOKEN").sync()
    assert visit.status is VisitStatus.FULL
    assert {"ls-remote", "clone"} <= {c.argv[0] for c in visit.commands}
    assert all(c.returncode == 0 for c in visit.commands)
    shown = repr(visit.commands)
    assert secret not in shown
    assert str(source.parent) not in shown
    assert "…/g00000001" in shown


def test_a_record_is_bounded_and_keeps_both_ends() -> None:
    record = CommandRecord()
    spec = ProcessSpec(
        argv=["/bin/true"],
        environment={},
        file_bytes=0,
        cpu_seconds=1,
        address_bytes=-1,
        wall_seconds=5,
    )
    for number in range(MAX_COMMANDS + 3):
        with record.watching([str(number)], GitProcess(spec)) as process:
            process.wait()
    numbers = [int(c.argv[0]) for c in record.commands]
    assert len(numbers) == MAX_COMMANDS
    assert (numbers[0], numbers[-1]) == (0, MAX_COMMANDS + 2)


def test_words_and_arguments_are_cut() -> None:
    assert last_lines(b"\n".join(b"line %d" % n for n in range(9))).splitlines()[0] == "line 4"
    assert "https" not in last_lines(b"fatal: at https://h.example/a")
    assert shown_argv(["a"] * 9)[-1] == "… 1 more"


def held_after(calls: int) -> tuple[Callable[[str], MustWait | None], list[str]]:
    asked: list[str] = []

    def held(host: str) -> MustWait | None:
        asked.append(host)
        return MustWait("paused", seconds=9) if len(asked) > calls else None

    return held, asked


def test_no_process_starts_while_a_host_is_held(remote: Remote, server: Any) -> None:
    held, asked = held_after(0)
    with pytest.raises(MustWait, match="paused"):
        remote("open/source.git", held=held).sync()
    assert asked == [HOST]
    assert server.requests == []


def test_a_running_fetch_ends_when_its_host_is_held(remote: Remote, server: Any) -> None:
    held, _ = held_after(2)
    mirrors = remote("slow/source.git", held=held)
    started = time.monotonic()
    with pytest.raises(MustWait, match="paused"):
        mirrors.sync()
    assert time.monotonic() - started < 20  # the server would take half a minute
    assert len(server.requests) == 1
    assert [path.name for path in mirrors.home.iterdir()] == ["lock"]


def test_a_local_repository_asks_nobody(mirrors: Any, source: Path) -> None:
    build_repository(source, [FILES])
    held, asked = held_after(0)
    mirrors.settings = GitSettings(allow_local=True, held=held)
    assert mirrors.sync().status is VisitStatus.FULL
    assert asked == []


@pytest.mark.parametrize(
    ("extent", "expected"),
    [(Extent.SMALL_FILES, {b"small.txt"}), (Extent.NAMES, set())],
)
def test_a_part_of_head_comes_without_large_blobs_or_without_any(
    remote: Remote, source: Path, extent: Extent, expected: set[bytes]
) -> None:
    build_repository(source, [FILES, {b"small.txt": b"x\n", b"big.bin": os.urandom(300_000)}])
    git(source, "config", "uploadpack.allowFilter", "true")
    mirrors = remote("open/source.git", extent=extent)
    assert mirrors.sync().status is VisitStatus.FULL
    head = read_head(mirrors.path, mirrors.repository.id)
    assert head is not None
    with MirrorReader(mirrors.path) as reader:
        tree = dict(reader.read_trees(mirrors.repository.id, [head.tree_id]))
        held = set(reader.pack_order(mirrors.repository.id))
    names = {b"small.txt", b"big.bin", b"a.txt"}
    assert all(name in tree[head.tree_id] for name in names)
    blobs = {b"small.txt": "587be6b4c3f93f93c489c0111bba5596147a26cb"}
    assert {name for name, oid in blobs.items() if oid in held} == expected
    assert len(held) == (4 if expected else 2)
