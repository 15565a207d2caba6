"""Python packages as installers lay them out: code here, its license in a neighbour.

An installed distribution keeps its license and metadata in ``name-1.0.dist-info`` beside the
packages it brings, and lists its files in ``RECORD`` there (packaging.python.org, "Recording
installed projects").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_RECORD = re.compile(rb"(?:.*/)?[^/]+\.dist-info/RECORD")
_SUFFIX: Final = b".dist-info"
_NO_PACKAGES: Final = frozenset({b"..", b"", b"bin", b"__pycache__"})


def is_record(path: bytes) -> bool:
    """Tell whether a path is the list of files of an installed distribution."""
    return bool(_RECORD.fullmatch(path))


def installed_members(record: bytes, text: bytes) -> Iterator[bytes]:
    """Yield the files and top directories that a ``RECORD`` at a path brought in, each once.

    The distribution's own metadata and what lies outside of the environment are left out.
    """
    base = record.rpartition(b"/")[0].rpartition(b"/")[0]
    prefix = base + b"/" if base else b""
    seen: set[bytes] = set()
    for line in text.splitlines():
        listed = line.strip(b'"').partition(b",")[0].strip(b'"')
        top, slash, _ = listed.partition(b"/")
        if top in _NO_PACKAGES or (slash and top.endswith(_SUFFIX)) or top in seen:
            continue
        seen.add(top)
        yield prefix + top


def likely_members(record: bytes) -> Iterator[bytes]:
    """Yield what a distribution brings in if it is called as its package, without its list."""
    place = record.rpartition(b"/")[0]
    base, _, dist = place.rpartition(b"/")
    name = dist.partition(b"-")[0]
    prefix = base + b"/" if base else b""
    yield from (prefix + name, prefix + name + b".py")
