"""What the classification of a tree may read beside the facts of its blobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from ingest.detect.provenance.annotations import LicenseReader
from ingest.detect.provenance.facts import UNKNOWN_LICENSE
from ingest.detect.provenance.history import NO_HISTORY, TreeHistory
from ingest.detect.provenance.packages import is_record
from ingest.detect.provenance.reuse import MAX_TEXT_BYTES, stating_directory
from ingest.domain.tree import SkipReason

SUBMODULES_NAME: Final = b".gitmodules"
_TELLING_ENDS: Final = (SUBMODULES_NAME, b"/RECORD", b"REUSE.toml", b"dep5", b"copyright")


def read_nothing(expression: str) -> tuple[str, str, bool]:
    """Read no expression: every license stays unknown."""
    del expression
    return UNKNOWN_LICENSE, "unknown", False


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSources:
    """Texts and histories of one tree. What is not given is not known, and restricts."""

    texts: Mapping[str, bytes] = field(default_factory=dict)
    """Normalised text by blob id, for the blobs that `wanted_texts` names."""
    read_license: LicenseReader = read_nothing
    history: TreeHistory = NO_HISTORY
    known_content: Mapping[str, str] = field(default_factory=dict)
    """Blob id to the published package that it belongs to, see `ingest.detect.provenance.known`."""
    is_company_inferred: bool = False
    """Whether the company's names were guessed from the tree, see `assume_owner`."""


def wanted_texts(snapshot: pa.Table) -> list[str]:
    """Return the ids of the few blobs whose text says something of other files, sorted.

    Those are REUSE.toml, ``.reuse/dep5``, ``debian/copyright``, ``.gitmodules``, and the lists of
    installed files in Python environments.
    """
    return sorted({blob_id for _, blob_id in _telling(snapshot)})


def _telling(snapshot: pa.Table) -> Iterator[tuple[bytes, str]]:
    names = ("path", "blob_id", "size", "skip_reason")
    columns = (snapshot[name].to_pylist() for name in names)
    for path, blob_id, size, reason in zip(*columns, strict=True):
        is_text = reason is None or reason == SkipReason.EMPTY
        if is_text and size <= MAX_TEXT_BYTES and is_telling(path):
            yield path, blob_id


def is_telling(path: bytes) -> bool:
    """Tell whether a path is that of a file that says something of other files."""
    # Every path of a tree comes by here: what ends otherwise is none.
    if not path.endswith(_TELLING_ENDS):
        return False
    name = path.rpartition(b"/")[2]
    return name == SUBMODULES_NAME or is_record(path) or stating_directory(path) is not None


def submodule_paths(directory: bytes, text: bytes) -> Iterator[bytes]:
    """Yield the paths that a ``.gitmodules`` file gives to other repositories (gitmodules(5))."""
    for line in text.splitlines():
        key, mark, value = line.strip().partition(b"=")
        path = value.strip().strip(b'"').rstrip(b"/")
        if mark and key.strip().lower() == b"path" and path:
            yield directory + b"/" + path if directory else path
