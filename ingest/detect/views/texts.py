"""Several texts with their views at a time, for engines that go over many texts in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.detect.views.decoder import Decoder
from ingest.detect.views.model import Views
from ingest.detect.views.scan import texts_of
from ingest.domain.text import ScanText

_MOST_BYTES: Final = 4 * 2**20
"""Texts and views that are in memory together, but for the last text and its views."""


@dataclass(slots=True)
class OpenedTexts:
    """Some texts, in the order given, and what each of them holds."""

    texts: list[ScanText] = field(default_factory=list)
    views: list[Views] = field(default_factory=list)

    @property
    def inner_texts(self) -> list[ScanText]:
        """The views of all texts as texts, in their order."""
        pairs = zip(self.texts, self.views, strict=True)
        return [inner for text, views in pairs for inner in texts_of(text, views)]


def open_texts(decoder: Decoder, texts: Sequence[ScanText]) -> Iterator[OpenedTexts]:
    """Yield all texts with their views, as many at a time as may be in memory."""
    opened, size = OpenedTexts(), 0
    for text in texts:
        views = decoder.views_of(text.data)
        opened.texts.append(text)
        opened.views.append(views)
        size += len(text.data) + views.size
        if size >= _MOST_BYTES:
            yield opened
            opened, size = OpenedTexts(), 0
    if opened.texts:
        yield opened
