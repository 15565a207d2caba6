"""What a log says of paths."""

from __future__ import annotations

import itertools

from ingest.detect.provenance.history import BULK_FILES, read_history
from ingest.domain.log import LoggedCommit, PathChange

ZERO = "0" * 40
_NUMBERS = itertools.count(1)


def commit(
    *paths: bytes,
    domain: str = "acme.example",
    parents: int = 1,
    subtree: bytes = b"",
    status: str = "A",
) -> LoggedCommit:
    changes = tuple(PathChange(status, ZERO, f"{next(_NUMBERS):040x}", path) for path in paths)
    return LoggedCommit("c" * 40, parents, domain, subtree, changes)


def many(directory: bytes, count: int = BULK_FILES + 1) -> list[bytes]:
    return [directory + b"/f%d.c" % n for n in range(count)]


def test_a_directory_that_one_commit_brings_whole_was_imported() -> None:
    history = read_history([commit(b"a.py", parents=0), commit(*many(b"lib/zip/src"))], [])

    assert history.bulk_roots == {b"lib"}
    assert history.is_bulk(b"lib/zip/src/deep")
    assert not history.is_bulk(b"")
    assert not history.is_bulk(b"library")


def test_the_first_commit_is_no_import() -> None:
    assert not read_history([commit(*many(b"src"), parents=0)], []).bulk_roots


def test_few_files_or_a_directory_that_was_there_are_no_import() -> None:
    first = commit(b"src/a.c", parents=0)
    assert not read_history([first, commit(*many(b"lib", BULK_FILES))], []).bulk_roots
    assert not read_history([first, commit(*many(b"src"))], []).bulk_roots


def test_a_move_is_no_import() -> None:
    old = commit(*many(b"old"), parents=0)
    moved = tuple(
        change
        for before in old.changes
        for change in (
            PathChange("D", before.new_blob_id, ZERO, before.path),
            PathChange("A", ZERO, before.new_blob_id, b"new/" + before.path),
        )
    )
    history = read_history([old, LoggedCommit("d" * 40, 1, "", b"", moved)], [])
    assert not history.bulk_roots


def test_subtrees_are_what_git_subtree_says() -> None:
    squash = commit(*many(b""), parents=0, subtree=b"vendor/zip")
    history = read_history([commit(b"a.py", parents=0), squash], [])

    assert history.subtree_roots == {b"vendor/zip"}
    assert not history.bulk_roots


def test_outsiders_are_those_whose_domain_is_not_of_the_company() -> None:
    log = [
        commit(b"a.py", b"b.py", parents=0),
        commit(b"b.py", domain="mail.acme.example", status="M"),
        commit(b"a.py", domain="elsewhere.example", status="M"),
        commit(b"a.py", domain="notacme.example", status="M"),
        commit(b"c.py", domain="elsewhere.example"),
    ]

    assert read_history(log, ["Acme.example"]).outside_paths == {b"a.py", b"c.py"}
    assert read_history(log, []).outside_paths == frozenset()
    assert read_history(log, ["@"]).outside_paths == frozenset()
