"""What decoding gives: views, the way from a view back to the outer text, and what stayed shut."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

GAP: Final = b"\n\n\n"
"""Between pieces of a view that do not touch in the outer text; no value reaches across."""
CONTEXT_BYTES: Final = 24
"""How far before a value rules look at what calls it by a name."""
GAP_SCALE: Final = -1
"""Scale of the segment that is a gap."""


class Shut(StrEnum):
    """Why bytes were not decoded. What is shut was not scanned, and is never clean."""

    BINARY = "binary"
    """No text and no known container; only its printable runs were read."""
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    """A container that breaks off or contradicts itself; what came before was read."""
    UNSUPPORTED = "unsupported"
    """A container or compression that is known by its first bytes and not read."""
    LIMIT = "archive-limit"
    """Deeper, larger, or more than `Limits` allows; what came before was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far decoding goes. Counts of bytes, not of seconds: the same blob, the same views."""

    depth: int = 5
    """Decodings one inside the other."""
    view_bytes: int = 8 * 2**20
    """Largest decoded text or container member."""
    total_bytes: int = 48 * 2**20
    """All that is decoded from one blob, at every depth."""
    views: int = 4096
    """Most views of one blob."""
    rewrites: int = 200_000
    """Most escapes, runs or seams that one view replaces."""
    members: int = 2048
    """Most container members opened in one blob."""
    ratio: int = 200
    """Most decoded bytes for each stored byte of a compressed member, beyond `free_bytes`."""
    free_bytes: int = 2**20
    """Decoded size below which the ratio is not asked: small files of one byte value are usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecoded:
    """A part of the outer text that was not decoded, or not to its end."""

    start: int
    end: int
    reason: Shut
    chain: tuple[str, ...]
    """Decodings that led to it, outermost first."""


class SpanMap:
    """Where the bytes of a view stand in the text one level out.

    A view is made of segments: neighbouring bytes that come from neighbouring bytes of the outer
    text. They are kept as columns of numbers, since a text may be nothing but escapes.
    """

    __slots__ = ("_ends", "_inner", "_outer", "_scale", "size")

    def __init__(self) -> None:
        """Start with an empty view."""
        self._inner = array("q")
        self._outer = array("q")
        self._ends = array("q")
        self._scale = array("b")
        self.size = 0
        """Bytes of the view so far."""

    @classmethod
    def whole(cls, start: int, end: int, size: int) -> SpanMap:
        """Return the map of a view all of whose bytes stand for one run."""
        way = cls()
        way.add(size, start, end, 0)
        return way

    def add(self, size: int, start: int, end: int, scale: int) -> None:
        """Append the segment of the next `size` bytes, from ``start`` to ``end`` of the outer text.

        `scale` is how many outer bytes stand for each inner one: 0 where the segment has no finer
        structure, `GAP_SCALE` for a gap.
        """
        self._inner.append(self.size)
        self._outer.append(start)
        self._ends.append(end)
        self._scale.append(scale)
        self.size += size

    def outer_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the outer bytes that a span of the view was decoded from."""
        head, tail = self._at(start), self._at(end - 1)
        begin = self._outer[head] + (start - self._inner[head]) * max(self._scale[head], 0)
        stop = self._ends[tail]
        if self._scale[tail] > 0:
            stop = min(stop, self._outer[tail] + (end - self._inner[tail]) * self._scale[tail])
        return begin, stop

    def is_unchanged(self, start: int, end: int) -> bool:
        """Tell whether a span and the byte on each side stand in the outer text as they are."""
        start, end = max(start, 0), min(end, self.size)
        first = self._at(start)
        if self._scale[first] != 1 or self._at(end - 1) != first:
            return False
        before, after = self._at(max(start - 1, 0)), self._at(min(end, self.size - 1))
        return all(i == first or self._scale[i] == GAP_SCALE for i in (before, after))

    def is_broken(self, start: int, end: int) -> bool:
        """Tell whether a span reaches across or into a gap."""
        return GAP_SCALE in self._scale[self._at(start) : self._at(end - 1) + 1]

    def _at(self, offset: int) -> int:
        return bisect_right(self._inner, offset) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One decoded text. It holds content, so it lives no longer than the scan of its blob."""

    data: bytes = field(repr=False)
    """UTF-8."""
    chain: tuple[str, ...]
    """Decodings from the outer text to this one, outermost first; no content of the blob."""
    maps: tuple[SpanMap, ...] = field(repr=False)
    """The way back, innermost first."""
    is_plausible: bool = True
    """The text reads like one. If not, only rules that need no context should be believed."""
    is_rewritten: bool = False
    """Lines of the text one level out, of which only some runs were decoded."""
    suffix: str | None = ""
    """Name hint (see `ScanText`); None for that of the outer text."""

    def outer_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the bytes of the outer text that a span of the view was decoded from."""
        for way in self.maps:
            start, end = way.outer_span(start, end)
        return start, end

    def adds(self, start: int, end: int) -> bool:
        """Tell whether a span shows more than the text one level out did: it was decoded."""
        way = self.maps[0]
        if way.is_broken(start, end):
            return False
        # A value that stands there plainly may owe it to its surroundings that it is known now.
        return not (self.is_rewritten and way.is_unchanged(start - CONTEXT_BYTES, end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """All views of one text, in the order found: outer before inner, and what stayed shut."""

    views: tuple[View, ...]
    undecoded: tuple[Undecoded, ...]

    @property
    def size(self) -> int:
        """Bytes of all views."""
        return sum(len(view.data) for view in self.views)


class Budget:
    """What is left of the limits while one blob is decoded."""

    __slots__ = ("_bytes", "_members", "_views", "limits")

    def __init__(self, limits: Limits) -> None:
        """Start with everything."""
        self.limits = limits
        self._bytes = limits.total_bytes
        self._views = limits.views
        self._members = limits.members

    @property
    def room(self) -> int:
        """Most bytes that the next decoding may give."""
        return min(self._bytes, self.limits.view_bytes)

    def take_view(self, size: int) -> bool:
        """Take one view of so many bytes; False, and nothing taken, where it is too much."""
        if size > self.room or not self._views:
            return False
        self._bytes -= size
        self._views -= 1
        return True

    def take_member(self, size: int) -> bool:
        """Take one container member of so many decoded bytes, likewise."""
        if size > self._bytes or not self._members:
            return False
        self._bytes -= size
        self._members -= 1
        return True
