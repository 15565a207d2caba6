"""License names in plain words, and the SPDX ids they mean.

One table serves short notices (``Released under the MIT license``) and manifests
(``<name>Apache License 2.0</name>``). Where the words leave version or kind open, the id is the
one that ScanCode uses for such words, and the score is lower.

Patterns are over *folded* text (see `fold`): lower case, one byte a character, comment marks and
most punctuation turned into spaces. In a pattern a space stands for 1 to 60 of those and ``~``
for 0 to 60, so that names may be broken over comment lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest.detect.funnel import merge_spans
from ingest.detect.licensing.name_table import LICENSE, ROWS
from ingest.detect.licensing.openings import EDGE, Expression, openings, possible

_GNU: Final = "GNU"

_KEPT = b"abcdefghijklmnopqrstuvwxyz0123456789-./+()@:_\n"
_FOLD = bytes(
    b if b in _KEPT or b >= 0x80 else ord(chr(b).lower()) if chr(b).isalpha() else 0x20  # noqa: PLR2004
    for b in range(256)
)
_MARKS = re.compile(
    rb"\n(?:[ \t*#;%|>-]{0,12}/{2,4}(?!\S*\.\w)"
    rb"|[ \t]{0,12}(?:-{2,4}|dnl|rem|@c|@comment|\.\.|\.\\\"|::|c)(?=[ \t\r\n]))",
    re.IGNORECASE,
)
# A space inside a character class is one character; elsewhere it is a run.
_SPACES = re.compile(r"\[[^\]]*\]| \?|[ ~]")
_SPACED: Final = {" ": r"\s{1,60}", " ?": r"\s{0,60}", "~": r"\s{0,60}"}
_LIKELY: Final = 0.9


def fold(data: bytes) -> str:
    """Return lower-case text of the same length: character n stands for byte n."""
    # Marks at the start of lines would stand between the words of a name.
    data = _MARKS.sub(lambda m: b"\n" + b" " * (len(m[0]) - 1), data)
    if b">=" in data:
        # As R has it: GPL (>= 2).
        data = data.replace(b">=", b"++")
    return data.translate(_FOLD).decode("latin-1")


def phrase(pattern: str) -> str:
    """Return the regular expression of a pattern in this module's notation."""
    return _SPACES.sub(lambda m: _SPACED.get(m[0]) or m[0].replace(" ", r"\s"), pattern)


_GNU_FULL: Final = (
    r"\b(?P<{0}early>affero) gpl\b"
    rf"|\bgnu (?P<{{0}}lib>lesser|library) {LICENSE}"
    r"|(?:\bgnu )?(?:(?P<{0}variant>affero|lesser|library) )?(?:gnu )?(?:\bgeneral )public "
    rf"{LICENSE}|\bgnu~(?:[/-]|s)?~(?P<{{0}}short>[al]?)gpl|\b(?P<{{0}}lesser>lesser"
    rf"|affero)(?: gnu)? public {LICENSE}"
    rf"|\bgnu (?:(?P<{{0}}plain>lesser|library|affero) )?public {LICENSE}"
    rf"|\b(?P<{{0}}said>[al]?)gpl(?:ed|d)?(?=(?:[ -]v?\.? ?[123](?:\.[01])?)?[ -]licen[cs]ed?\b)"
    r"|\b(?P<{0}bare>[al]?)gpl(?=~[_-]?~(?:version|v)?\.?~[123](?!\d))"
    r"|\b(?:of|under) (?:the )?(?P<{0}grant>[al]?)gpl\b"
)
_GNU_SHORT: Final = r"(?P<{0}prefix>[al]?)gpl"
_GNU_TAIL = re.compile(
    phrase(
        r"~\(?~(?:(?:version|ver\.?|v\.?)~|[_-]~v?~|)(?P<least>\+\+~)?(?P<number>[123](?:\.[01])?)(?![\w.]?\d)"
        r"(?P<plus>\+|-or-later|-only)?"
    )
)
_VERSION: Final = "版本|версии|версія".encode().decode("latin-1")
_GNU_VERSION = re.compile(
    phrase(
        rf"(?:\b(?:vers[^\s\d]{{2,5}}|wersj[^\s\d]{{1,2}}|verze|v\.)|{_VERSION})"
        r" (?P<number>[123](?:\.[01])?)(?![\w.]?\d)"
        r"|\bgpl-?~?v?(?P<short>[123])\b"
    )
)
_LATER_WORDS: Final = (
    "jeder? (?:neueren|höheren)",
    "(?:spätere|neuere|höhere)[nr]? (?:version|fassung)",
    "oder (?:später|neuer|höher)",
    "versions? (?:ultérieure|postérieure)",
    "ou (?:ultérieure|postérieure|plus récente)",
    "versi(?:ón|ões|ão|on|one|oni) (?:posterior|successiv|mais recente|más reciente)",
    "o (?:posterior|superior|successiv)",
    "ou (?:posterior|superior)",
    "latere? versie",
    "of (?:later|nieuwer|hoger)",
    "(?:senare|nyare|senere|nyere) version",
    "(?:późniejsz|nowsz)",
    "(?:pozdější|novější)",
    "более поздн",
    "(?:daha )?sonraki (?:bir )?sürüm",
    "それ以降|以降のバージョン",
    "更高版本|以后版本|之后版本|以後版本|更新版本|任何后续|任何後續|以上版本",
    "이후 버전|이후의 버전",
)
"""The same in other languages, of which the folded text holds the bytes."""
_LATER = re.compile(
    phrase(
        r"any later|or later|later versions?\b|or (?:any )?(?:newer|higher|greater|above"
        r"|subsequent|up)\b"
        r"|or \(at your option\)|and (?:later|up|above|newer)\b|(?:newer|subsequent) versions?\b"
        + "".join(f"|{words.encode().decode('latin-1')}" for words in _LATER_WORDS)
    )
)
_NAME_REACH: Final = 100
"""Characters in which a name's words stand around the one that gates it."""
_GNU_REACH: Final = 260
_FIRST_VERSIONS: Final = {"": "1.0", "A": "3.0", "L": "2.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A license name in folded text."""

    start: int
    end: int
    spdx: str
    score: float


def _parts() -> tuple[str, ...]:
    """Return full and short names; group ``r<row>`` or ``s<row>`` tells the row."""
    return (
        phrase(_GNU_FULL.format("f")),
        *(f"(?P<r{i}>{phrase(row[3])})" for i, row in enumerate(ROWS)),
        phrase(_GNU_SHORT.format("s")),
        *(f"(?P<s{i}>{phrase(row[4])})" for i, row in enumerate(ROWS) if row[4]),
    )


def _alternation(parts: Iterable[str]) -> str:
    return f"(?P<name>{'|'.join(parts)})(?:(?![\\w@])(?!\\.\\w)|(?=v?\\d))"


_FULL_GNU = Expression(phrase(_GNU_FULL.format("f")))
_FULL: Final = tuple(Expression(phrase(row[3])) for row in ROWS)
_PARTS: Final = _parts()
_OPENING: Final = 2
_PART_HEADS: Final = tuple({x.lstrip(EDGE)[:_OPENING] for x in openings(part)} for part in _PARTS)
"""First characters by which the names are told that may begin at a place."""
_NAMES: Final = tuple(re.compile(_alternation([part])) for part in _PARTS)
_BARE = re.compile(rf"(?<![\w.@/-]){_alternation(_PARTS)}")
_VERB = Expression(
    phrase(
        rf"(?:\b(?:{LICENSE}d|released|distributed|available|covered|published|provided"
        rf"|redistributed) "
        rf"(?:\w{{1,20}} )?(?:under|by|with|as|using)|\b(?:protected|governed) by|\bunder|\bper"
        rf"|\bdual(?:[ -]{LICENSE}d?)?(?: (?:system|scheme|of))?|\b{LICENSE}d"
        rf"|@?\b{LICENSE}~(?:[:.]|-{{1,2}})?)"
        r" ~[(]?(?:either |both )?(?:of )?(?:the )?(?:terms of )?(?:the )?(?:a |an )?"
        r"(?:dual |standard |usual |plain |permissive |open[ -]source )?"
    )
)
_LISTED = Expression(
    phrase(
        r"\((?=(?:mpl|[al]?gpl|bsd|mit|apache)(?:v?\d[\d.]*)?[ ,/]+"
        r"(?:or|and|mpl|[al]?gpl|bsd|mit|apache)\b)"
    )
)
"""Opens a list of short names, as in "a library (MPL or LGPL)"."""
_NEXT = re.compile(phrase(r"(?: or later)?\)?(?:~/~| (?:(?:or|and|and/or) )?)(?:the )?"))
_GATES: Final = tuple(tuple(row[1].split()) for row in ROWS)
"""Most rows are not tried at all: a region rarely holds any of their words."""


def find_names(folded: str) -> list[Named]:
    """Return license names that stand for a license: anywhere if full, short ones after a verb.

    Sorted by span; of names that overlap, the more exact one.
    """
    found: dict[tuple[int, int], Named] = {}
    taken: list[tuple[int, int]] = []
    if "public" in folded or "gnu" in folded or "gpl" in folded:
        _keep((_read(m, folded) for m in _FULL_GNU.finditer(folded)), found, taken)
    open_gates: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for index in possible(_FULL, folded):
        gates = _GATES[index]
        windows = open_gates.get(gates)
        if windows is None:
            windows = open_gates[gates] = _windows(folded, gates)
        for low, high in windows:
            matches = _FULL[index].finditer(folded, low, high)
            _keep((_of_row(index, m.start(), m.end()) for m in matches), found, taken)
    for verb in (*_VERB.finditer(folded), *_LISTED.finditer(folded)):
        _keep(_list_of_names(folded, verb.end()), found, taken)
    return [found[span] for span in sorted(found)]


def _windows(folded: str, gates: Iterable[str]) -> list[tuple[int, int]]:
    """Return the spans around gate words; elsewhere a row cannot match."""
    ends = []
    for gate in gates:
        position = folded.find(gate)
        while position >= 0:
            ends.append(position)
            position = folded.find(gate, position + _NAME_REACH)
    if not ends:
        return []
    return merge_spans((max(0, e - _NAME_REACH), e + 2 * _NAME_REACH) for e in sorted(ends))


def _keep(
    names: Iterable[Named],
    found: dict[tuple[int, int], Named],
    taken: list[tuple[int, int]],
) -> None:
    for name in names:
        if not any(name.start < end and start < name.end for start, end in taken):
            taken.append((name.start, name.end))
            found[name.start, name.end] = name


def _list_of_names(folded: str, position: int) -> Iterator[Named]:
    """Yield the names of a list: in "under the MIT, BSD or GPL" the verb holds for all."""
    while match := _name_at(folded, position):
        named = _read(match, folded)
        yield named
        following = _NEXT.match(folded, max(match.end(), named.end))
        if not following or following.end() >= len(folded):
            return
        position = following.end()


def _name_at(folded: str, position: int) -> re.Match[str] | None:
    start = "".join(" " if c.isspace() else c for c in folded[position : position + _OPENING])
    tried = (_NAMES[number].match(folded, position) for number in _names_after(start))
    return next((match for match in tried if match), None)


@lru_cache(maxsize=2048)
def _names_after(start: str) -> tuple[int, ...]:
    """Return the parts that may begin so, without the hundred others."""
    return tuple(
        number
        for number, heads in enumerate(_PART_HEADS)
        if not heads or start in heads or start[:1] in heads
    )


def read_name(text: str) -> Named | None:
    """Return the first license that a manifest's free text names."""
    folded = fold(text.encode("ascii", "replace"))
    match = _BARE.search(folded)
    return _read(match, folded) if match else None


def _read(match: re.Match[str], folded: str) -> Named:
    groups = {k: v for k, v in match.groupdict().items() if v is not None}
    row = next((g for g in groups if g[0] in "rs" and g[1:].isdigit()), None)
    start, end = match.span("name") if "name" in groups else match.span()
    return _of_row(int(row[1:]), start, end) if row else _gnu(groups, folded, start, end)


def _of_row(row: int, start: int, end: int) -> Named:
    return Named(start=start, end=end, spdx=ROWS[row][0], score=ROWS[row][2])


def _gnu(groups: dict[str, str], folded: str, start: int, end: int) -> Named:
    """Return the GNU license with version and "or later" from the words around its name."""
    variant = next(
        (groups[k] for k in ("fvariant", "flesser", "fplain", "flib", "fearly") if k in groups), ""
    )
    short = ("fshort", "fsaid", "fbare", "fgrant", "sprefix")
    prefix = next((groups[k] for k in short if k in groups), "")
    kind = {"affero": "A", "lesser": "L", "library": "L"}.get(variant, prefix.upper())
    tail = _GNU_TAIL.match(folded, end)
    near = folded[max(0, start - 60) : end + _GNU_REACH]
    number = None
    if tail:
        number, end = tail["number"], tail.end()
    elif found := _GNU_VERSION.search(near):
        number = found["number"] or found["short"]
    later = number is None or bool(_LATER.search(folded[start : end + _GNU_REACH]))
    if tail and tail["least"]:
        later = True
    if tail and tail["plus"]:
        later = tail["plus"] != "-only"
    if number == "1.1":
        # No GNU license: the pair of the CDDL 1.1 and a GPL is called by such an address.
        number, later = None, True
    number = number or _FIRST_VERSIONS[kind]
    # Of the licenses only the lesser one has a version 2.1; people leave the word out.
    kind = kind or ("L" if number == "2.1" else "")
    number = number if "." in number else f"{number}.0"
    if kind == "L" and number == "1.0":
        number = "2.0"
    suffix = "or-later" if later else "only"
    return Named(start=start, end=end, spdx=f"{kind}GPL-{number}-{suffix}", score=_LIKELY)
