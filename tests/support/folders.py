"""How the tests are handed out to several processes: a folder at a time, slow ones first.

Tests of one folder share what is dear to make: compiled detectors, servers, a finished run. And a
slow folder that began last would run alone.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

SLOW = (
    "tests/integration/services",
    "tests/integration",
    "tests/browser",
    "tests/cli",
    "tests/workers",
    "tests/workers/stages",
    "tests/web/pages",
    "tests/web/api",
    "tests/web",
)
"""In this order; all others by how many tests they have."""


def folder_of(node_id: str) -> str:
    """Return the folder, from the root of the project, of a test."""
    return str(PurePosixPath(node_id.partition("::")[0]).parent)


def slow_first(node_ids: list[str]) -> dict[str, int]:
    """Return the place of each folder in the order in which they are handed out."""
    counts = Counter(map(folder_of, node_ids))
    known = [folder for folder in SLOW if folder in counts]
    others = sorted(counts.keys() - set(known), key=lambda folder: (-counts[folder], folder))
    return {folder: place for place, folder in enumerate([*known, *others])}


class FolderScheduling(LoadScopeScheduling):
    """Hands out folders in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return folder_of(nodeid)
