"""Says of an entry whether it is text to scan, or why it is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from ingest.domain.text import NotText, normalise
from ingest.domain.tree import SkipReason

_TYPE_BITS: Final = 0o170000
_SYMLINK: Final = 0o120000
_SUBMODULE: Final = 0o160000
_LFS_HEAD: Final = b"version https://git-lfs.github.com/spec/"
_LFS_MAX_BYTES: Final = 1024
"""A pointer is smaller than this: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""

Verdict = tuple[str, SkipReason | None]
"""Source encoding (empty when skipped) and reason (None for text)."""

BY_CONTENT: Final = frozenset({SkipReason.LFS_POINTER, SkipReason.BINARY, SkipReason.UNDECODABLE})
"""Reasons that follow from the bytes of a blob alone, whatever its path and our settings."""


def skip_by_mode(mode: int) -> SkipReason | None:
    """Return why an entry of this mode is never read; None when it is a file."""
    kind = mode & _TYPE_BITS
    if kind == _SYMLINK:
        return SkipReason.SYMLINK
    return SkipReason.SUBMODULE if kind == _SUBMODULE else None


def skip_by_size(size: int, max_blob_bytes: int) -> SkipReason | None:
    """Return why a blob of this many bytes is not read; None when it is."""
    if size == 0:
        return SkipReason.EMPTY
    return SkipReason.TOO_LARGE if size > max_blob_bytes else None


def classify_content(data: bytes) -> Verdict:
    """Return the encoding of a blob, or why it is skipped."""
    if len(data) < _LFS_MAX_BYTES and data.startswith(_LFS_HEAD):
        return "", SkipReason.LFS_POINTER
    try:
        _, encoding = normalise(data)
    except NotText as error:
        return "", SkipReason(error.reason)
    return encoding, None


def known_verdicts(previous: pa.Table) -> dict[str, Verdict]:
    """Return what an earlier snapshot says of blobs, where that follows from their bytes alone.

    A symlink's blob may be a file elsewhere, and the size limit may have changed, so neither is
    carried over.
    """
    columns = (previous.column(name).to_pylist() for name in ("blob_id", "encoding", "skip_reason"))
    return usable_verdicts(
        {
            blob_id: (encoding, SkipReason(reason) if reason else None)
            for blob_id, encoding, reason in zip(*columns, strict=True)
            if encoding or reason in BY_CONTENT
        }
    )


def usable_verdicts(known: Mapping[str, tuple[str, str | None]]) -> dict[str, Verdict]:
    """Return those of the given verdicts that follow from a blob's bytes alone."""
    return {
        blob_id: (encoding, SkipReason(reason) if reason else None)
        for blob_id, (encoding, reason) in known.items()
        if (encoding if reason is None else reason in BY_CONTENT)
    }
