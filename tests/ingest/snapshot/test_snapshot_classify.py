from __future__ import annotations

import pytest

from ingest.domain.tree import SkipReason
from ingest.snapshot.classify import (
    classify_content,
    skip_by_mode,
    skip_by_size,
    usable_verdicts,
)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (0o100644, None),
        (0o100755, None),
        (0o100664, None),
        (0o177777, None),
        (0o120000, SkipReason.SYMLINK),
        (0o160000, SkipReason.SUBMODULE),
    ],
)
def test_links_and_submodules_are_known_by_mode(mode: int, reason: SkipReason | None) -> None:
    assert skip_by_mode(mode) is reason


def test_sizes_are_judged_at_the_bound() -> None:
    assert skip_by_size(0, 10) is SkipReason.EMPTY
    assert skip_by_size(10, 10) is None
    assert skip_by_size(11, 10) is SkipReason.TOO_LARGE


def test_only_a_short_file_is_an_lfs_pointer() -> None:
    head = b"version https://git-lfs.github.com/spec/v1\n"
    assert classify_content(head) == ("", SkipReason.LFS_POINTER)
    assert classify_content(head + b"x" * 1024) == ("utf-8", None)
    assert classify_content(b"# " + head) == ("utf-8", None)


def test_only_verdicts_on_bytes_are_usable_again() -> None:
    known = {
        "text": ("utf-8", None),
        "binary": ("", "binary"),
        "pointer": ("", "lfs_pointer"),
        "undecodable": ("", "undecodable"),
        "link": ("", "symlink"),
        "big": ("", "too_large"),
        "empty": ("", "empty"),
        "nothing": ("", None),
    }
    assert set(usable_verdicts(known)) == {"text", "binary", "pointer", "undecodable"}
