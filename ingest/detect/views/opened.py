"""A stored file, opened: its text, or what can be read of a binary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.detect.views.binary import printable_view
from ingest.detect.views.containers import UNREAD_MAGIC, Member, kind_of, members_of
from ingest.detect.views.model import Budget, Limits, Shut, SpanMap, Undecoded, View
from ingest.domain.text import NotText, StoredOffsets, normalise

DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBlob:
    """One stored file as far as it can be read."""

    encoding: str
    """Source encoding; empty for a binary."""
    data: bytes = field(repr=False)
    """The normal form of a text; empty for a binary."""
    views: tuple[View, ...]
    """What a detector that scans `data` does not see itself; for a text there is nothing.
    Of a binary: its printable runs, and the members of containers. Spans lead to stored bytes."""
    undecoded: tuple[Undecoded, ...]
    """What was not read, in stored bytes."""
    offsets: StoredOffsets = field(repr=False)

    @property
    def is_text(self) -> bool:
        """Tell whether the file is a text."""
        return bool(self.encoding)

    def stored_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stored bytes of a span of `data`."""
        return self.offsets.span(start, end)


def open_stored(stored: bytes, limits: Limits = DEFAULT_LIMITS) -> OpenedBlob:
    """Open a file by its bytes alone. Whatever they are, this raises nothing and ends."""
    views: list[View] = []
    undecoded: list[Undecoded] = []
    try:
        data, encoding = normalise(stored)
    except NotText:
        data, encoding = b"", ""
        frame = Frame(start=0, end=len(stored), maps=(), chain=())
        views, undecoded = open_payload(stored, frame, Budget(limits))
    return OpenedBlob(
        encoding=encoding,
        data=data,
        views=tuple(views),
        undecoded=tuple(undecoded),
        offsets=StoredOffsets(stored if encoding else b"", encoding or "utf-8"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a payload stands: its span one level out, and the way from there to the outside."""

    start: int
    end: int
    maps: tuple[SpanMap, ...] = field(repr=False)
    chain: tuple[str, ...]

    def into(self, name: str) -> Frame:
        """Return the frame of something inside the payload that has no finer span."""
        return Frame(start=self.start, end=self.end, maps=self.maps, chain=(*self.chain, name))

    def shut(self, reason: Shut) -> Undecoded:
        """Return what is to be said of a payload that stays shut."""
        start, end = self.start, self.end
        for way in self.maps:
            start, end = way.outer_span(start, end)
        return Undecoded(start=start, end=end, reason=reason, chain=self.chain)


def open_payload(
    payload: bytes, frame: Frame, budget: Budget
) -> tuple[list[View], list[Undecoded]]:
    """Return the texts that bytes hold, through any containers, and what stays shut."""
    views: list[View] = []
    undecoded: list[Undecoded] = []
    waiting = [(payload, frame)]
    while waiting:
        data, place = waiting.pop()
        kind = kind_of(data)
        if kind and len(place.chain) >= budget.limits.depth:
            undecoded.append(place.shut(Shut.LIMIT))
            continue
        members = list(members_of(data, kind, budget)) if kind else []
        if kind is None or _is_chance(kind, members):
            view, reason = _leaf(data, place, budget)
            views += [view] if view else []
            undecoded += [place.shut(reason)] if reason else []
            continue
        inner: list[tuple[bytes, Frame]] = []
        for member in members:
            inside = place.into(member.name)
            undecoded += [inside.shut(member.shut)] if member.shut else []
            inner += [(member.data, inside)] if member.data else []
        waiting += reversed(inner)
    return views, undecoded


def _is_chance(kind: str, members: Sequence[Member]) -> bool:
    """Tell whether bytes only begin like a container: zlib's two bytes come by chance."""
    return kind == "zlib" and all(m.shut is Shut.CORRUPT and not m.data for m in members)


def _leaf(data: bytes, place: Frame, budget: Budget) -> tuple[View | None, Shut | None]:
    """Return the view of a member that is no container."""
    try:
        text, encoding = normalise(data)
    except NotText:
        reason = Shut.UNSUPPORTED if data.startswith(UNREAD_MAGIC) else Shut.BINARY
        view = printable_view(data, (*place.chain, "strings"))
        if view is None:
            return None, reason
        if not budget.take_view(len(view.data)):
            return None, Shut.LIMIT
        return _placed(view, place), reason
    if not budget.take_view(len(text)):
        return None, Shut.LIMIT
    chain = place.chain if encoding == "utf-8" else (*place.chain, encoding)
    view = View(data=text, chain=chain, maps=(_whole(place, len(text)),))
    return _placed(view, place), None


def _placed(view: View, place: Frame) -> View:
    """Return the view with its way to the outside."""
    # Only the printable runs of the outermost bytes have places of their own.
    own = view.maps if not place.chain else (_whole(place, len(view.data)),)
    return View(
        data=view.data,
        chain=view.chain,
        maps=(*own, *place.maps),
        is_plausible=view.is_plausible,
    )


def _whole(place: Frame, size: int) -> SpanMap:
    return SpanMap.whole(place.start, place.end, size)
