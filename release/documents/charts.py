"""Bar charts as SVG: text stays text, light and dark by the reader's setting, the same bytes again.

No library is asked: a chart is a few rectangles, and a drawing library would write its version,
its fonts or the time into the file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from policies.report.escape import display_text

MAX_BARS: Final = 15
_WIDTH: Final = 760
_LABEL: Final = 230
"""Where bars begin; labels end a little before it."""
_VALUE: Final = 180
"""Room for the figures at the right."""
_ROW: Final = 26
_BAR: Final = 14
_HEAD: Final = 58
_SECTION: Final = 34
_CHARS: Final = 27
"""What fits in the room of a label, in characters of ordinary width."""
_TAIL: Final = 11
"""Of these, what the end of a longer name gets."""
_GAP: Final = 10

_STYLE: Final = """
.page { fill: #ffffff; stroke: #d0d7de; }
text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.note { fill: #59636e; }
.section { font-weight: 600; }
.value { fill: #59636e; font-variant-numeric: tabular-nums; }
.track { fill: #eff2f5; }
.bar { fill: #0969da; }
.rest { fill: #818b98; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #30363d; }
text { fill: #e6edf3; }
.note, .value { fill: #9198a1; }
.track { fill: #21262d; }
.bar { fill: #4493f8; }
.rest { fill: #656c76; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart."""

    name: str
    value: int
    shown: str
    """The figure in words, for instance ``1,204 rows``."""
    is_rest: bool = False
    """Stands for all that have no line of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Bars that share a scale; without a heading where a chart has one section."""

    bars: Sequence[Bar]
    heading: str = ""


def draw_chart(title: str, note: str, sections: Sequence[Section]) -> bytes:
    """Return a horizontal bar chart as a stand-alone SVG document.

    `note` is one line below the title. Names are shown as text, whatever they are made of.
    """
    body: list[str] = []
    top = _HEAD
    for section in sections:
        if section.heading:
            body.append(_text(_GAP * 2, top + 20, section.heading, kind="section"))
            top += _SECTION
        largest = max((bar.value for bar in section.bars), default=0)
        for bar in section.bars:
            body += _line(bar, top, largest)
            top += _ROW
        if not section.bars:
            body.append(_text(_GAP * 2, top + 17, "none", kind="note"))
            top += _ROW
    return _document(title, note, body, top + 2 * _GAP).encode()


def _document(title: str, note: str, body: Sequence[str], height: int) -> str:
    box = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    page = f'x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"'
    head = 'xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title note"'
    lines = [
        f"<svg {head} {box}>",
        f'<title id="title">{_safe(title)}</title>',
        f'<desc id="note">{_safe(note)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" {page}/>',
        _text(_GAP * 2, 26, title, kind="title"),
        _text(_GAP * 2, 46, note, kind="note"),
        *body,
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def _line(bar: Bar, top: int, largest: int) -> list[str]:
    room = _WIDTH - _LABEL - _VALUE
    # At least one pixel: little is not nothing.
    width = max(1, room * bar.value // largest) if bar.value else 0
    y = top + (_ROW - _BAR) // 2
    kind = "rest" if bar.is_rest else "bar"
    return [
        f"<g><title>{_safe(bar.name)}: {_safe(bar.shown)}</title>",
        _text(_LABEL - _GAP, top + 17, _shortened(bar.name), anchor="end"),
        f'<rect class="track" x="{_LABEL}" y="{y}" width="{room}" height="{_BAR}" rx="3"/>',
        f'<rect class="{kind}" x="{_LABEL}" y="{y}" width="{width}" height="{_BAR}" rx="3"/>',
        _text(_WIDTH - _VALUE + _GAP, top + 17, bar.shown, kind="value"),
        "</g>",
    ]


def _text(x: int, y: int, text: str, *, kind: str = "label", anchor: str = "start") -> str:
    # An embedded direction of writing must not run on into what stands beside it.
    return (
        f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}"'
        f' unicode-bidi="isolate">{_safe(text)}</text>'
    )


def _safe(text: str) -> str:
    return escape(display_text(text))


def _shortened(name: str) -> str:
    """Return a name as its room takes it, without its middle where it is longer.

    Names that begin alike end differently, as licenses of one company do. What is cut is cut
    before it is made visible: an escape is never cut in two.
    """
    if sum(map(_room, name)) <= _CHARS:
        return name
    tail = _fitting(reversed(name), _TAIL)[::-1]
    return f"{_fitting(name, _CHARS - _TAIL)}…{tail}"


def _fitting(characters: Iterable[str], room: int) -> str:
    """Return the first characters that fit into some places."""
    taken: list[str] = []
    for char in characters:
        room -= _room(char)
        if room < 0:
            break
        taken.append(char)
    return "".join(taken)


def _room(char: str) -> int:
    """Return how many places a character takes; a wide one takes two."""
    is_wide = unicodedata.east_asian_width(char) in "WF"
    return max(len(display_text(char)), 1 + is_wide)
