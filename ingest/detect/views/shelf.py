"""Opened views, kept while several families scan the same texts.

Each family decodes what it scans, for a detector is asked about a text and nothing else. Whoever
asks several of them about one text after the other says so, and the first one's work serves all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ingest.detect.views.model import Limits, Views

MOST_BYTES: Final = 16 * 2**20
"""Most decoded bytes that are kept; what would be more is decoded again."""


class Shelf:
    """Views by the very object that holds the text's bytes: nothing is compared, or found twice."""

    def __init__(self) -> None:
        """Keep nothing: that begins with `keep`."""
        self._kept: dict[tuple[int, Limits], tuple[bytes, Views]] | None = None
        self._room = 0

    @contextmanager
    def keep(self) -> Iterator[None]:
        """Keep views until the block ends, and no longer: they hold content."""
        self._kept, self._room = {}, MOST_BYTES
        try:
            yield
        finally:
            self._kept = None

    def find(self, data: bytes, limits: Limits) -> Views | None:
        """Return the views of a text if they are here."""
        if self._kept is None:
            return None
        # The text is kept beside its views, so no other object can have its number by now.
        _, views = self._kept.get((id(data), limits), (b"", None))
        return views

    def put(self, data: bytes, limits: Limits, views: Views) -> None:
        """Keep the views of a text, if there is room."""
        if self._kept is not None and views.size <= self._room:
            self._room -= views.size
            self._kept[id(data), limits] = (data, views)


shelf = Shelf()
"""The one of this process: families do not know of one another."""
